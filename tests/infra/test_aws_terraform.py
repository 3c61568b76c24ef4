"""The Terraform module of AWS, as Terraform itself validates, plans and computes it."""

import importlib.util
import json
import re
from dataclasses import fields
from pathlib import Path

import pytest
from aws_terraform import (
    FUNCTIONS,
    INPUT,
    MODULE,
    PROJECT,
    VARIABLES,
    Refused,
    computed,
    environment_names,
    policy,
    source,
    sources,
)
from deliberate_defaults_lambda import LAMBDA as DELIBERATE
from terraform_checks import check_terraform, describe_findings, plan_terraform, planned_resources

from shared.jobs import blob_names
from shared.settings import Settings
from shared.settings.hosts import LAMBDA
from shared.storage.work_queue import MAX_DELIVERIES
from shared.web_hooks.store import HOOKS_PREFIX

PAGE = (PROJECT / "docs/aws-lambda.md").read_text()
KEYS = {one.metadata["key"]: one.metadata for one in fields(Settings)}
OF_LAMBDA = {key for key, about in KEYS.items() if LAMBDA in about["hosts"]}

# Handlers of docs/aws-lambda.md.
HANDLERS = {"http": "http", "drop": "s3_batch", "work": "sqs_work", "purge": "purge_schedule"}


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    """Plan of everything that the module can make."""
    everything = {
        "private_networking": True,
        "alert_emails": ["operations@example.com"],
        "monthly_budget": 100,
        "drop_folders": ["calls", "notes"],
    }
    return plan_terraform(MODULE, VARIABLES | everything, tmp_path_factory.mktemp("plan"))


@pytest.fixture(scope="module")
def planned(plan):
    """Values of each planned resource by its address."""
    return {address: one["values"] for address, one in planned_resources(plan).items()}


# --- Terraform itself ---


@pytest.mark.parametrize("folder", [MODULE, MODULE / "registry"], ids=["deployment", "registry"])
def test_terraform_accepts_the_templates(folder):
    assert describe_findings(check_terraform(folder)) == []


@pytest.mark.parametrize("is_private", [False, True])
def test_a_plan_needs_nothing_that_only_aws_knows(is_private, tmp_path):
    """Neither loops nor counts depend on what exists only after the first apply."""
    values = VARIABLES | {"private_networking": is_private}
    planned = planned_resources(plan_terraform(MODULE, values, tmp_path, readable=False))
    assert ("aws_vpc.sotto[0]" in planned) == is_private


def test_the_keys_of_clients_are_in_no_plan(plan):
    assert "aws_secretsmanager_secret_version.keys" in planned_resources(plan)
    assert "k7-of-the-first-client" not in json.dumps(plan)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("environment_name", "Prod"),
        ("environment_name", "p"),
        ("location", "Frankfurt"),
        ("image_uri", "sotto:1"),
        ("image_uri", "123456789012.dkr.ecr.eu-central-1.amazonaws.com/sotto"),
        ("client_keys", "short"),
        ("client_keys", f"{'k' * 32},"),
        ("client_keys_version", 0),
        ("oidc_issuer", "http://issuer.example"),
        ("oidc_audience", "api"),
        ("oidc_jwks", "https://issuer.example/keys"),
        ("oidc_roles", "reader"),
        ("allowed_networks", ["10.1.0.0"]),
        ("public_url", "http://speech.example"),
        ("drop_folders", []),
        ("drop_folders", ["Calls"]),
        ("drop_folders", ["calls", "calls"]),
        ("time_to_live", "7 days"),
        ("purge_every_seconds", 90),
        ("output_lifetime_days", 31),
        ("memory_mb", 1024),
        ("http_timeout_seconds", 901),
        ("http_reserved_concurrency", 0),
        ("purge_reserved_concurrency", 2),
        ("work_maximum_concurrency", 1),
        ("settings", {"LOG_LEVEL": "debug"}),
        ("settings", {"SOTTO_JOBS": "s3://other"}),
        ("settings", {"SOTTO_KEYS": "k"}),
        ("address_prefix", "10.40.0.0/24"),
        ("alert_emails", ["nobody"]),
        ("latency_alarm_ms", 0),
        ("oldest_message_alarm_seconds", 1),
        ("monthly_budget", 10),
        ("log_retention_days", 31),
    ],
)
def test_a_value_out_of_its_range_is_refused_by_the_name_of_its_variable(variable, value):
    with pytest.raises(Refused, match=f"{variable}.* (must|needs|belong)"):
        computed(**{variable: value})


# --- Permissions ---


def table(heading):
    """Rows of the first table below a heading of docs/aws-lambda.md, without the first one."""
    section = PAGE.split(f"\n### {heading}\n")[1]
    rows = re.search(r"(\|.*\n)+", section)[0].splitlines()
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def actions(text):
    return set(re.findall(r"`([^`]+)`", text))


def permissions_of_the_page():
    """For each handler what it may do: names of the page for buckets and queues, and actions."""
    found = {}
    for name, *buckets, queues, secret in table("Permissions"):
        may = dict(zip(("input", "output", "jobs"), map(actions, buckets), strict=True))
        if "as the output bucket" in buckets[2]:
            may["jobs"] = may["output"]
        allowed = set()
        for part in filter(None, queues.split("; ")):
            queue, _, text = part.partition(": ")
            allowed = allowed if text == "the same" else actions(text)
            may[queue] = allowed
        may["secret"] = actions(secret)
        found[name.strip("`")] = {place: allowed for place, allowed in may.items() if allowed}
    return found


PLACES = {
    "sotto-test-work": "work",
    "sotto-test-work-notices": "notices",
    "sotto-test-dead": "dead letters",
    "sotto-test-dropped": "notifications",
}


def place_of(resource):
    """Name of the page for a resource; objects count as their bucket."""
    name = resource.rpartition(":")[2].partition("/")[0]
    if ":secret:" in resource:
        return "secret"
    return PLACES.get(name) or name.split("-")[2]


def test_the_roles_may_do_what_the_page_says_and_nothing_else():
    granted = {}
    for function in FUNCTIONS:
        may = granted.setdefault(HANDLERS[function], {})
        for statement in policy(function, computed())["Statement"]:
            for resource in statement["Resource"]:
                may.setdefault(place_of(resource), set()).update(statement["Action"])
    assert granted == permissions_of_the_page()


def test_objects_are_reached_below_the_drop_folders_only():
    module = computed(drop_folders=["calls", "notes"])
    for function in FUNCTIONS:
        for statement in policy(function, module)["Statement"]:
            objects = {r.partition(":::")[2] for r in statement["Resource"] if "/" in r}
            in_folders = {name for name in objects if "-jobs-" not in name}
            folders = {name.partition("/")[2] for name in in_folders}
            assert folders in (set(), {"calls/*", "notes/*"})


EXPLAINED = {
    # policy, statement: the reason is at the statement
    ("key", "Account"),
    ("key", "EventsOfTheInputBucket"),
    ("key", "Logs"),
    ("key", "Alarms"),
    ("network", "Interfaces"),
}


def test_nothing_is_allowed_on_everything_but_what_is_explained():
    wide = set()
    module = computed()
    for name, by_key in module.policies.items():
        for key in by_key:
            for statement in policy(name, module, key)["Statement"]:
                texts = [*statement["Action"], *statement.get("Resource", ())]
                is_wide = any(text == "*" or text.endswith(":*") for text in texts)
                log_streams = statement["Sid"] == "Log"  # streams of one group
                if statement["Effect"] == "Allow" and is_wide and not log_streams:
                    wide.add((name, statement["Sid"]))
    assert wide == EXPLAINED


def test_each_statement_of_a_policy_has_a_comment():
    for name, text in sources().items():
        lines = text.splitlines()
        for n, line in enumerate(lines):
            if line.strip() == "statement {":
                assert lines[n - 1].strip().startswith("# "), f"{name}:{n + 1}"


def test_only_the_functions_of_this_deployment_are_trusted_with_the_roles():
    lambda_trust = policy("assumed_by_lambda", computed())["Statement"]
    assert [one["Principal"] for one in lambda_trust] == [{"Service": ["lambda.amazonaws.com"]}]
    (schedules,) = policy("assumed_by_scheduler", computed())["Statement"]
    assert schedules["Condition"]["StringEquals"] == {"aws:SourceAccount": ["123456789012"]}
    (arn,) = schedules["Condition"]["ArnEquals"]["aws:SourceArn"]
    assert arn.endswith(":schedule-group/sotto-test")


# --- Encryption, in transit and at rest ---


def denies_plain_http(document):
    return any(
        statement["Effect"] == "Deny"
        and statement["Principal"] == {"*": ["*"]}
        and statement.get("Condition") == {"Bool": {"aws:SecureTransport": ["false"]}}
        for statement in document["Statement"]
    )


def test_buckets_queues_and_topic_refuse_what_is_not_encrypted_in_transit(planned):
    module = computed()
    for bucket in ("input", "output", "jobs"):
        assert denies_plain_http(policy("bucket", module, bucket))
        assert f'aws_s3_bucket_policy.sotto["{bucket}"]' in planned
    for queue in ("work", "notices", "dead", "dropped-dead"):
        assert denies_plain_http(policy("queue", module, queue))
        assert f'aws_sqs_queue_policy.tls["{queue}"]' in planned
    assert denies_plain_http(policy("dropped", module))
    assert denies_plain_http(policy("alarms", module))
    queues = [address for address in planned if address.startswith("aws_sqs_queue.")]
    assert len(queues) == 5


def test_everything_that_holds_content_is_encrypted_with_the_key(planned):
    key = "aws_kms_key().arn"
    for address, values in planned.items():
        if address.startswith("aws_sqs_queue.") or address == "aws_sns_topic.alarms":
            assert values["kms_master_key_id"] == key
        if address.startswith(("aws_cloudwatch_log_group.", "aws_secretsmanager_secret.")):
            assert values["kms_key_id"] == key
    for bucket in ("input", "output", "jobs"):
        rules = planned[f'aws_s3_bucket_server_side_encryption_configuration.sotto["{bucket}"]']
        (rule,) = rules["rule"]
        (default,) = rule["apply_server_side_encryption_by_default"]
        assert (default["sse_algorithm"], default["kms_master_key_id"]) == ("aws:kms", key)


def test_no_bucket_is_public_or_keeps_versions(planned):
    for bucket in ("input", "output", "jobs"):
        block = planned[f'aws_s3_bucket_public_access_block.sotto["{bucket}"]']
        switches = ("block_public_acls", "block_public_policy", "ignore_public_acls")
        assert all(block[switch] for switch in (*switches, "restrict_public_buckets"))
    assert not any("versioning" in address for address in planned)


def test_events_are_accepted_from_the_input_bucket_of_this_account_only():
    sends = [one for one in policy("dropped", computed())["Statement"] if one["Effect"] == "Allow"]
    decrypts = [
        one
        for one in policy("key", computed())["Statement"]
        if one["Principal"] == {"Service": ["s3.amazonaws.com"]}
    ]
    for statement in (*sends, *decrypts):
        assert statement["Principal"] == {"Service": ["s3.amazonaws.com"]}
        assert statement["Condition"] == {
            "ArnEquals": {"aws:SourceArn": [f"arn:aws:s3:::{INPUT}"]},
            "StringEquals": {"aws:SourceAccount": ["123456789012"]},
        }
    assert (len(sends), len(decrypts)) == (1, 1)


# --- Functions, queues, events ---


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_command_of_a_function_is_a_handler(function):
    command = computed().local["functions"][function]["command"]
    module, _, name = command.rpartition(".")
    assert module == f"functions.aws_lambda.{HANDLERS[function]}"
    found = importlib.util.find_spec(module)
    assert re.search(rf"^{name} = ", Path(found.origin).read_text(), re.MULTILINE)


def test_memory_timeout_and_concurrency_are_those_of_the_page(planned):
    rows = {row[0].strip("`"): row for row in table_of_functions()}
    for function in ("drop", "work", "purge"):
        values = planned[f'aws_lambda_function.sotto["{function}"]']
        _, memory, timeout, _ = rows[HANDLERS[function]]
        assert memory.replace(",", "").startswith(f"{values['memory_size']} MB")
        assert timeout == f"{values['timeout']} s"
    assert planned['aws_lambda_function.sotto["purge"]']["reserved_concurrent_executions"] == 1


def table_of_functions():
    section = PAGE.split("| | Memory | Timeout | Concurrency |\n| --- | --- | --- | --- |\n")[1]
    lines = section.split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_function_runs_the_image_on_the_processor_it_is_built_for(planned):
    for function in FUNCTIONS:
        values = planned[f'aws_lambda_function.sotto["{function}"]']
        assert values["package_type"] == "Image"
        assert values["architectures"] == ["x86_64"]
        assert values["image_uri"] == VARIABLES["image_uri"]
        assert [one["log_format"] for one in values["logging_config"]] == ["Text"]
        assert [one["mode"] for one in values["tracing_config"]] == ["PassThrough"]


def test_queues_wait_six_times_as_long_as_their_function_may_take(planned):
    functions = computed().local["functions"]
    for queue, function in (("work", "work"), ("notices", "work"), ("dropped", "drop")):
        visible = planned[f"aws_sqs_queue.{queue}"]["visibility_timeout_seconds"]
        assert visible >= 6 * functions[function]["timeout_s"]


def test_a_message_becomes_a_dead_letter_after_the_deliveries_that_workers_count():
    assert computed().local["max_deliveries"] == MAX_DELIVERIES
    assert "maxReceiveCount` must be **5**" in PAGE
    assert source("queues.tf").count("maxReceiveCount = local.max_deliveries") == 3


def test_work_is_kept_for_the_longest_time_and_events_for_a_short_one(planned):
    days = {
        name: planned[f"aws_sqs_queue.{name}"]["message_retention_seconds"] / 86400
        for name in ("work", "notices", "dead", "dropped", "dropped_dead")
    }
    assert days == {"work": 14, "notices": 14, "dead": 14, "dropped": 4, "dropped_dead": 14}


def test_failed_messages_alone_are_given_back(planned):
    mappings = {
        address.partition(".")[2]: values
        for address, values in planned.items()
        if address.startswith("aws_lambda_event_source_mapping.")
    }
    assert {name: one["batch_size"] for name, one in mappings.items()} == {
        "work": 1,
        "notices": 1,
        "dropped": 10,
    }
    for one in mappings.values():
        assert one["function_response_types"] == ["ReportBatchItemFailures"]
    (scaling,) = mappings["work"]["scaling_config"]
    assert scaling["maximum_concurrency"] == 10


def test_each_drop_folder_has_its_events(planned):
    (notification,) = (
        values for name, values in planned.items() if name.startswith("aws_s3_bucket_notification.")
    )
    assert [(one["filter_prefix"], one["events"]) for one in notification["queue"]] == [
        ("calls/", ["s3:ObjectCreated:*"]),
        ("notes/", ["s3:ObjectCreated:*"]),
    ]


def test_the_function_url_is_public_and_needs_both_permissions(planned):
    url = planned["aws_lambda_function_url.http"]
    assert (url["authorization_type"], url["invoke_mode"]) == ("NONE", "BUFFERED")
    one, other = (planned[f"aws_lambda_permission.{name}"] for name in ("url", "invoked_by_url"))
    assert (one["action"], one["function_url_auth_type"]) == ("lambda:InvokeFunctionUrl", "NONE")
    assert (other["action"], other["invoked_via_function_url"]) == ("lambda:InvokeFunction", True)


@pytest.mark.parametrize(
    ("seconds", "expression"),
    [(60, "rate(1 minute)"), (300, "rate(5 minutes)"), (86400, "rate(1440 minutes)")],
)
def test_the_schedule_is_in_words_that_scheduler_reads(seconds, expression, tmp_path):
    values = VARIABLES | {"purge_every_seconds": seconds}
    planned = planned_resources(plan_terraform(MODULE, values, tmp_path))
    schedule = planned["aws_scheduler_schedule.purge"]["values"]
    assert schedule["schedule_expression"] == expression
    assert [one["input"] for one in schedule["target"]] == [None]  # Sotto knows Scheduler's own


def test_the_second_line_deletes_what_expires_and_nothing_that_stays(planned):
    """Not web hooks and not tombstones."""
    prefixes = computed().local["expiring_prefixes"]
    assert prefixes["output"] == [""]
    assert sorted(prefixes["jobs"]) == sorted(
        [blob_names.CREATED_PREFIX, blob_names.EXPIRES_PREFIX, blob_names.JOBS_PREFIX]
    )
    for kept in (HOOKS_PREFIX, blob_names.TOMBSTONES_PREFIX):
        assert not any(kept.startswith(prefix) for prefix in prefixes["jobs"])
    for bucket, expiring in prefixes.items():
        rules = planned[f'aws_s3_bucket_lifecycle_configuration.expiry["{bucket}"]']["rule"]
        expired = {
            one["filter"][0]["prefix"]: one["expiration"][0]["days"]
            for one in rules
            if one["expiration"]
        }
        assert expired == dict.fromkeys(expiring, 32)
    for address in ('expiry["output"]', 'expiry["jobs"]', "input"):
        rules = planned[f"aws_s3_bucket_lifecycle_configuration.{address}"]["rule"]
        assert any(one["abort_incomplete_multipart_upload"] for one in rules)


# --- Settings ---


def ours(names):
    """Sotto's own among them."""
    return {name for name in names if name.startswith("SOTTO_")}


def all_ours():
    """Sotto's settings that some function is given."""
    return set().union(*map(ours, environment_names().values()))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_given_settings_that_lambda_has(function):
    assert ours(environment_names()[function]) <= OF_LAMBDA


def test_every_setting_of_lambda_is_set_or_deliberately_default():
    assert all_ours() | set(DELIBERATE) == OF_LAMBDA
    assert all_ours() & set(DELIBERATE) == set()


def test_a_default_is_deliberate_for_a_reason():
    assert all(len(reason) > 10 for reason in DELIBERATE.values())


def test_the_module_refuses_the_settings_that_it_sets_itself_and_secrets():
    refused = set(re.findall(r'"(SOTTO_\w+)"', source("variables.tf")))
    secrets = {
        "SOTTO_KEYS",
        "SOTTO_AZURE_SPEECH_KEY",
        "SOTTO_AZURE_TRANSLATOR_KEY",
        "SOTTO_STORAGE",
    }
    assert refused == all_ours() | secrets
    texts = {key for key, about in KEYS.items() if about["secret"]}
    assert texts <= refused


def test_further_settings_reach_every_function():
    environments = computed(settings={"SOTTO_LOG_LEVEL": "warning"}).local["environments"]
    assert {one["SOTTO_LOG_LEVEL"] for one in environments.values()} == {"warning"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_sotto_reads_the_settings_of_a_function(function):
    given = {
        "drop_folders": ["calls", "notes"],
        "oidc_issuer": "https://issuer.example",
        "oidc_audience": "api",
        "allowed_networks": ["10.1.0.0/16"],
    }
    settings = Settings.from_environment(computed(**given).local["environments"][function])
    assert settings.jobs == "s3://sotto-test-jobs-123456789012"
    assert settings.queue.endswith("/sotto-test-work")
    folders = () if function == "http" else ("calls", "notes")
    assert tuple(one.name for one in settings.drop_folders) == folders
    assert (settings.keys_secret is not None) == (function == "http")
    assert settings.oidc_issuer == (("https://issuer.example",) if function == "http" else ())


# --- Alarms ---


def test_the_metrics_of_log_lines_are_those_of_the_monitoring_folder():
    filters = json.loads((PROJECT / "infra/monitoring/cloudwatch-metric-filters.json").read_text())
    known = {
        one["metric"]: {
            "functions": one["functions"],
            "pattern": one["pattern"],
            "value": one["value"],
        }
        for one in filters["filters"]
    }
    ours = computed().local["line_metrics"]
    own = {"StorageErrors"}
    assert {name: one for name, one in ours.items() if name not in own} == {
        name: known[name] for name in ours if name not in own
    }


def test_storage_errors_are_classes_of_errors_that_exist():
    pattern = computed().local["line_metrics"]["StorageErrors"]["pattern"]
    classes = re.findall(r'"(\w+)"', pattern)
    errors = importlib.import_module("shared.errors")
    assert classes
    assert all(issubclass(getattr(errors, name), errors.StorageError) for name in classes)


def test_every_metric_of_log_lines_has_its_alarm(planned):
    alarmed = {
        values["metric_name"]
        for address, values in planned.items()
        if address.startswith("aws_cloudwatch_metric_alarm.")
        and values["namespace"] == "Sotto/test"
    }
    assert alarmed == set(computed().local["line_metrics"])


def test_every_alarm_writes_to_the_topic(planned):
    alarms = {a: v for a, v in planned.items() if a.startswith("aws_cloudwatch_metric_alarm.")}
    assert len(alarms) > 15
    for values in alarms.values():
        assert values["alarm_actions"] == ["aws_sns_topic(sotto-test-alarms).arn"]
        missing = "breaching" if "no-purge" in values["alarm_name"] else "notBreaching"
        assert values["treat_missing_data"] == missing


@pytest.mark.parametrize("seconds", [60, 300, 3600, 86400])
def test_alarms_look_back_no_longer_than_cloudwatch_can(seconds, tmp_path):
    """A day, or a week where a period is an hour or more."""
    values = VARIABLES | {"purge_every_seconds": seconds}
    planned = planned_resources(plan_terraform(MODULE, values, tmp_path))
    alarms = [
        one["values"] for a, one in planned.items() if ".dead_letters[" in a or "no_purge" in a
    ]
    assert len(alarms) == 3
    for alarm in alarms:
        metrics = [one["metric"][0] for one in alarm["metric_query"] or [] if one["metric"]]
        period_s = metrics[0]["period"] if metrics else alarm["period"]
        look_back_s = period_s * alarm["evaluation_periods"]
        assert look_back_s <= (604_800 if period_s >= 3600 else 86_400)
        if "dropped" not in alarm["alarm_name"]:
            assert look_back_s >= 2 * seconds


def test_the_budget_counts_what_has_the_tag_of_this_deployment(planned):
    (cost,) = planned["aws_budgets_budget.monthly[0]"]["cost_filter"]
    assert cost == {"name": "TagKeyValue", "values": ["user:sotto-environment$test"]}
    assert computed().local["tags"]["sotto-environment"] == "test"

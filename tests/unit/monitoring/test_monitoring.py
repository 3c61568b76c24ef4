"""Dashboard, alerts and queries name metrics, events and fields that exist, and nothing else."""

import ast
import json
import re
from functools import cache
from pathlib import Path

import promql_parser
import pytest
import yaml

from functions.container.metrics.table import METRICS, PROCESS_METRICS, Kind
from shared import errors
from shared.privacy.log_fields import ALLOWED_FIELDS

PROJECT = Path(__file__).parents[3]
MONITORING = PROJECT / "infra" / "monitoring"
DASHBOARD = json.loads((MONITORING / "grafana-dashboard.json").read_text())
ALERTS = yaml.safe_load((MONITORING / "prometheus-alerts.yaml").read_text())
QUERIES = json.loads((MONITORING / "cloudwatch-queries.json").read_text())["queries"]
FILTERS = json.loads((MONITORING / "cloudwatch-metric-filters.json").read_text())["filters"]
KQL = sorted((MONITORING / "kql").glob("*.kql"))

RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
EXPRESSIONS = [
    *((rule["alert"], rule["expr"]) for rule in RULES),
    *((panel["title"], target["expr"]) for panel in PANELS for target in panel["targets"]),
]
# Series that a scrape adds, and labels of every series.
OF_PROMETHEUS, SCRAPED_LABELS = {"up"}, {"job", "instance"}
# Functions of the Lambda host that have a log.
FUNCTIONS = {"http", "drop", "work", "purge"}
_LEVELS = {"debug", "info", "warning", "error", "critical"}


@cache
def exposed():
    """Series that Sotto exposes: the values of their labels, None for any value."""
    series = {name: {} for name in PROCESS_METRICS}
    for metric in METRICS:
        labels = dict(metric.labels)
        if metric.kind is Kind.HISTOGRAM:
            series |= {f"{metric.name}{ending}": labels for ending in ("_sum", "_count")}
            bounds = [str(float(bound)) for bound in metric.buckets]
            series[f"{metric.name}_bucket"] = labels | {"le": (*bounds, "+Inf")}
        else:
            series[metric.name] = labels
    return series


@cache
def strings_of_the_code():
    """Each string of the code; the events of log lines are among them."""
    return {
        node.value
        for folder in ("functions", "shared")
        for file in (PROJECT / folder).rglob("*.py")
        if file.parent.name != "metrics"
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def parsed(expression):
    """Parse PromQL; Grafana's variables stand for a range and for values of labels."""
    return promql_parser.parse(expression.replace("$__rate_interval", "5m"))


def nodes(expression):
    """All nodes of a parsed expression."""
    yield expression
    for name in dir(expression):
        if name.startswith("_"):
            continue
        member = getattr(expression, name)
        for child in member if isinstance(member, list) else [member]:
            if isinstance(child, promql_parser.Expr):
                yield from nodes(child)


def selectors(expression):
    """All selectors of series of an expression."""
    return [one for one in nodes(expression) if isinstance(one, promql_parser.VectorSelector)]


def matched(matcher, values):
    """Values of a label that a matcher matches."""
    is_pattern = matcher.op in (promql_parser.MatchOp.Re, promql_parser.MatchOp.NotRe)
    alternatives = matcher.value.split("|") if is_pattern else [matcher.value]
    return [value for value in values if value in alternatives]


@pytest.mark.parametrize(("title", "expression"), EXPRESSIONS)
def test_an_expression_names_series_and_labels_that_sotto_exposes(title, expression):
    found = parsed(expression)
    series = selectors(found)
    assert series, title
    for one in series:
        assert one.name in exposed().keys() | OF_PROMETHEUS, one.name
        labels = exposed().get(one.name, {})
        for matcher in one.matchers.matchers:
            if matcher.name in SCRAPED_LABELS:
                continue
            assert matcher.name in labels, (one.name, matcher.name)
            n_values = len(matcher.value.split("|"))
            assert len(matched(matcher, labels[matcher.name])) == n_values, matcher.value
    known = set().union(*(exposed().get(one.name, {}) for one in series)) | SCRAPED_LABELS
    for node in nodes(found):
        if isinstance(node, promql_parser.AggregateExpr) and node.modifier is not None:
            assert set(node.modifier.labels) <= known


@pytest.mark.parametrize(
    "expression",
    [
        "sotto_requests",  # the suffix of a counter
        'sotto_requests_total{status="500"}',
        'sotto_requests_total{status_class="500"}',
        'sotto_purge_lateness_seconds_bucket{le="901.0"}',
        "sum by (route) (sotto_requests_total)",
    ],
)
def test_a_mistake_in_an_expression_is_found(expression):
    with pytest.raises(AssertionError):
        test_an_expression_names_series_and_labels_that_sotto_exposes("", expression)


def test_a_counter_is_read_as_a_rate_and_a_gauge_is_not():
    kinds = {metric.name: metric.kind for metric in METRICS}
    for title, expression in EXPRESSIONS:
        for node in nodes(parsed(expression)):
            if isinstance(node, promql_parser.MatrixSelector):
                assert kinds.get(node.vector_selector.name) is not Kind.GAUGE, title
        text = re.sub(r"(?:rate|increase)\([^()]*\)", "", expression)
        assert not re.search(r"sotto_\w+_(?:total|bucket|sum|count)\b", text), title


def test_every_metric_is_on_the_dashboard():
    shown = {
        one.name
        for panel in PANELS
        for target in panel["targets"]
        for one in selectors(parsed(target["expr"]))
    }
    families = {re.sub(r"_(bucket|sum|count)$", "", name) for name in shown}
    assert {metric.name for metric in METRICS} - families == set()


def test_panels_do_not_overlap_and_have_ids_of_their_own():
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        (x, y)
        for panel in panels
        for place in [panel["gridPos"]]
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    assert {panel["datasource"]["uid"] for panel in PANELS} == {"${datasource}"}


def test_every_alert_has_a_severity_a_summary_and_a_runbook():
    assert len({rule["alert"] for rule in RULES}) == len(RULES) > 15
    for rule in RULES:
        assert rule["labels"]["severity"] in {"page", "ticket"}, rule["alert"]
        assert len(rule["annotations"]["summary"]) > 20, rule["alert"]
        assert len(rule["annotations"]["runbook"]) > 60, rule["alert"]
        assert any(
            isinstance(node, promql_parser.BinaryExpr) for node in nodes(parsed(rule["expr"]))
        ), f"{rule['alert']} compares nothing"


def test_a_runbook_names_settings_events_and_metrics_that_exist():
    settings = {value for value in strings_of_the_code() if value.startswith("SOTTO_")}
    for rule in RULES:
        runbook = rule["annotations"]["runbook"]
        assert set(re.findall(r"\bSOTTO_[A-Z_]+\b", runbook)) <= settings
        for code in re.findall(r"`([a-z_]+)(?:\{[^`]*\})?`", runbook):
            known = strings_of_the_code() | ALLOWED_FIELDS.keys() | exposed().keys()
            known |= {metric.name for metric in METRICS} | {"sotto"}
            assert code in known, (rule["alert"], code)


def check_strings(text):
    """Check the quoted strings of a query: events, levels, classes of errors."""
    for quoted in re.findall(r'"([^"]+)"', text):
        if quoted[0].isupper():
            assert isinstance(getattr(errors, quoted), type), quoted
        elif quoted != "{":
            assert quoted in strings_of_the_code() | _LEVELS, quoted


@pytest.mark.parametrize("file", KQL, ids=lambda file: file.stem)
def test_a_query_of_application_insights_names_fields_and_events_of_the_log(file):
    comment, table, *steps = file.read_text().splitlines()
    assert comment.startswith("// ")
    assert (table, steps[:3]) == (
        "AppTraces",
        [
            '| where Message startswith_cs "{"',
            "| extend line = parse_json(Message)",
            "| extend event = tostring(line.event)",
        ],
    )
    query = "\n".join(steps)
    fields = set(re.findall(r"\bline\.(\w+)", query))
    assert fields <= ALLOWED_FIELDS.keys()
    assert len(fields) >= 1
    check_strings(query)
    for opening, closing in ("()", "{}"):
        bare = re.sub(r'"[^"]*"', "", query)
        assert bare.count(opening) == bare.count(closing)


# Words of CloudWatch's language in these queries.
_INSIGHTS = set(
    "filter stats fields sort by as and or in desc ispresent count sum max pct bin m h timestamp"
    .split()
)  # fmt: skip


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query["name"])
def test_a_query_of_cloudwatch_names_fields_and_events_of_the_log(query):
    text = query["query"]
    check_strings(text)
    bare = re.sub(r'"[^"]*"', "", text)
    words = set(re.findall(r"[A-Za-z_]\w*", re.sub(r"\d+([mh])\b", r"\1", bare)))
    names = set(re.findall(r"\bas (\w+)", bare))
    assert words - names - _INSIGHTS <= ALLOWED_FIELDS.keys()
    assert set(query["functions"]) <= FUNCTIONS


@pytest.mark.parametrize("filtered", FILTERS, ids=lambda filtered: filtered["name"])
def test_a_metric_filter_of_cloudwatch_names_fields_and_events_of_the_log(filtered):
    check_strings(filtered["pattern"])
    fields = set(re.findall(r"\$\.(\w+)", filtered["pattern"] + filtered["value"]))
    assert fields <= ALLOWED_FIELDS.keys()
    assert re.fullmatch(
        r'\{ \$\.\w+ (=|>=) ("\w+"|\d+)( (&&|\|\|) \$\.\w+ (=|>=) ("\w+"|\d+))* \}',
        filtered["pattern"],
    )
    assert filtered["unit"] in {"Count", "Milliseconds", "None"}
    assert (filtered["unit"] == "Count") == (filtered["value"] == "1")
    assert set(filtered["functions"]) <= FUNCTIONS


def test_names_of_queries_are_their_own():
    for named in (QUERIES, FILTERS):
        assert len({one["name"] for one in named}) == len(named)
    assert len({one["metric"] for one in FILTERS}) == len(FILTERS)


def rows_between(marker):
    """Rows of the table of the page between two marks, without its head."""
    page = (PROJECT / "docs" / "operations.md").read_text()
    between = page.partition(f"<!-- {marker} -->")[2].partition(f"<!-- /{marker} -->")[0]
    return [line for line in between.splitlines() if line.startswith("|")][2:]


def test_the_page_lists_every_metric_with_its_labels_and_meaning():
    expected, page = [], (PROJECT / "docs" / "operations.md").read_text()
    lists = {name: values for metric in METRICS for name, values in metric.labels.items()}
    long = {name for name, values in lists.items() if len(values) > 6 or name == "version"}
    for name in long - {"version"}:
        assert f"\n- `{name}`: {', '.join(lists[name])}\n" in page
    for metric in METRICS:
        labels = "; ".join(
            f"`{name}`" if name in long else f"`{name}`: {', '.join(values)}"
            for name, values in metric.labels.items()
        )
        expected.append(f"| `{metric.name}` | {metric.kind} | {labels or '-'} | {metric.meaning} |")
    assert rows_between("metrics") == expected


def test_the_page_lists_every_alert():
    expected = [
        f"| `{rule['alert']}` | {rule['labels']['severity']} | {rule['annotations']['summary']} |"
        for rule in RULES
    ]
    assert rows_between("alerts") == expected


def test_the_page_lists_every_query_and_every_filter():
    named = [re.match(r"\| `([\w-]+)` ", row)[1] for row in rows_between("queries")]
    assert named == sorted({file.stem for file in KQL} | {query["name"] for query in QUERIES})
    shown = [row.replace("\\|", "|") for row in rows_between("filters")]
    assert shown == [
        f"| `{one['metric']}` | `{one['pattern']}` | `{one['value']}` "
        f"| {', '.join(one['functions'])} |"
        for one in FILTERS
    ]

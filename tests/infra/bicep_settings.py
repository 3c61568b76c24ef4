"""App settings that the Bicep templates give to the function app."""

from bicep_templates import expressions, templates

# A setting has a service's name or capital letters with underscores, in any part of a template.
_OURS = ("SOTTO_", "AZURE_CLIENT_ID", "AzureWebJobs", "FUNCTIONS_", "APPLICATIONINSIGHTS_")


def bicep_settings() -> set[str]:
    """Names of all app settings that the templates set."""
    return {
        one["key"]["value"]
        for document in templates().values()
        for whole in expressions(document)
        if whole["kind"] == "object"
        for one in whole["properties"]
        if one["key"]["kind"] == "string" and one["key"]["value"].startswith(_OURS)
    }

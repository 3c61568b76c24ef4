"""Functions of Bicep that the templates may call, and the kind of their result.

https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions
"""

RESULTS = {
    "concat": "array",
    "empty": "boolean",
    "environment": "object",
    "guid": "string",
    "int": "number",
    "join": "string",
    "max": "number",
    "readEnvironmentVariable": "string",
    "split": "array",
    "string": "string",
    "subscription": "object",
    "subscriptionResourceId": "string",
    "take": "string",
    "tenant": "object",
    "union": "object",
    "uniqueString": "string",
    "utcNow": "string",
}

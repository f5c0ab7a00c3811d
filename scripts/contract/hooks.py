"""What schemathesis cannot know of PromptLab. scripts/_contract-checks.sh sets CONTRACT_KEPT."""

import json
import os
import re
import uuid

import schemathesis

# The keys and accounts that the test itself lives on: it must not revoke them, or take their budget.
KEPT = set(os.environ["CONTRACT_KEPT"].split(","))

# What no schema can say, so that data which the schema allows may be refused: (field, words of the message).
BEYOND_SCHEMAS = [
    ("cursor", "must be a nextCursor"),
    ("input", "placeholder"),
    ("templateId", "must be the one of the path"),
    ("expiresAt", "must be a time to come"),
    ("Cache-Control", "is not a list of directives"),
    ("If-Match", "contradicts If-None-Match"),
    # This one a schema does say; but schemathesis takes values that it has seen elsewhere, whatever the pattern.
    ("If-Match", "must be the ETag"),
]


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.method != "GET":
        for name, value in (case.path_parameters or {}).items():
            if value in KEPT:
                case.path_parameters[name] = str(uuid.uuid4())
    # A job that no worker takes in time would hold each such request for up to 25 s.
    for name, value in (case.headers or {}).items():
        if name.lower() == "prefer":
            case.headers[name] = re.sub(r"(?i)(wait\s*=\s*\"?)[0-9]+", r"\g<1>1", str(value))


@schemathesis.hook
def filter_failure(context, failure, case, response):
    if type(failure).__name__ != "RejectedPositiveData" or response.status_code != 400:
        return True
    problem = json.loads(response.text)
    # Which providers there are is the deployment's choice.
    return problem["type"] != "urn:promptlab:problem:provider-not-configured" and not all(
        any(error["field"] == field and words in error["message"] for field, words in BEYOND_SCHEMAS)
        for error in problem["errors"]
    )

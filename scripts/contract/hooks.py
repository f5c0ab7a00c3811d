"""What schemathesis cannot know of PromptLab. scripts/_contract-checks.sh sets CONTRACT_KEPT."""

import json
import os
import re
import uuid

import schemathesis

# The keys and accounts that the test itself lives on: it must not revoke them, or take their budget.
KEPT = set(os.environ["CONTRACT_KEPT"].split(","))

# What no schema can say, so that data which the schema allows may be refused: (field or None for any, words of the
# message).
BEYOND_SCHEMAS = [
    ("cursor", "must be a nextCursor"),
    ("input", "placeholder"),
    ("templateId", "must be the one of the path"),
    ("expiresAt", "must be a time to come"),
    ("Cache-Control", "is not a list of directives"),
    ("If-Match", "contradicts If-None-Match"),
    # This one a schema does say; but schemathesis takes values that it has seen elsewhere, whatever the pattern.
    ("If-Match", "must be the ETag"),
    # In what may be any JSON.
    (None, "is a number that a 64-bit float cannot hold exactly"),
    ("version", "has the character U+0000"),
    ("updatedAt", "has the character U+0000"),
]

# Header values that are worth trying, and that random text hardly ever hits: not in openapi.yaml, as generators of
# clients make types of them that leave no room for others.
WORTH_TRYING = {
    "Cache-Control": [{"enum": ["no-cache", "no-store", "only-if-cached", "max-age=60", "no-cache, only-if-cached"]}],
    "Prefer": [{"enum": ["wait=0", "wait=1"]}, {"pattern": "^wait=[0-9]{1,9}$"}],
    "If-None-Match": [{"enum": ["*"]}],
}


@schemathesis.hook
def before_load_schema(context, raw_schema):
    parameters = [
        raw_schema["components"]["parameters"]["Prefer"],
        *raw_schema["paths"]["/generate"]["post"]["parameters"],
        *raw_schema["paths"]["/templates/{templateId}"]["put"]["parameters"],
    ]
    hints = 0
    for parameter in parameters:
        if parameter.get("name") in WORTH_TRYING:
            parameter["schema"]["anyOf"] = [*WORTH_TRYING[parameter["name"]], {}]
            hints += 1
    assert hints == len(WORTH_TRYING), hints
    # The standard takes the body of a link as it stands; schemathesis fills the expressions in it.
    raw_schema["components"]["links"]["invalidateResult"]["requestBody"] = {
        "inputHash": "$response.body#/inputHash",
        "reason": "It was wrong.",
    }


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
        any(field in (None, error["field"]) and words in error["message"] for field, words in BEYOND_SCHEMAS)
        for error in problem["errors"]
    )

"""Rewrites what `sam build` has made of template.yaml, as little as lets the emulator ministack deploy it.

Usage: rewrite_template.py BUILT_FOLDER EMULATOR_URL DATA_API_URL JAVA_HOME RUNTIME_CLASS_PATH

Reads BUILT_FOLDER/template.yaml, writes BUILT_FOLDER/template.json beside it, and prints a line for each thing that it
does. All else is the template's own. What it rewrites, and why:

- AWS::Serverless::HttpApi, and the HttpApi events of functions, become AWS::ApiGatewayV2::Api, Stage, Integration and
  Route, and the AWS::Lambda::Permission: SAM makes an OpenAPI text of them, in which ministack looks for no routes.
- The functions' runtime java25 becomes provided.al2023, with a file `bootstrap` beside their classes that starts
  Lambda's own runtime interface client on a JDK of this machine: ministack runs Java in Docker only, a custom runtime
  without.
- AWS_ENDPOINT_URL_... of functions, which the template gives as those of AWS, become EMULATOR_URL; that of the Data API
  becomes DATA_API_URL, where local/emulator serves it over a real PostgreSQL.
- MaximumConcurrency of an SQS event becomes the number that its parameter has by default: ministack takes a parameter's
  value there for a text, which it cannot compare with a number.
- The address of the HTTP API becomes a path below EMULATOR_URL: under an API's own host name, ministack answers /health
  and others itself, and not every machine knows names that end with .localhost.
- A reference to a secret becomes its attribute Id: both are its ARN, but ministack gives the name for the first.
- DeploymentPreference, of which SAM makes resources of CodeDeploy, which ministack does not have, is left out: a new
  version takes over at once.

What else ministack does not have (ElastiCache Serverless, NAT gateways) is made only if no Redis and no database are
named, and scripts/deploy names some.
"""

import json
import pathlib
import shlex
import sys

import yaml


class Intrinsics(yaml.SafeLoader):
    """Reads !Ref X as {"Ref": X}, and !Sub X as {"Fn::Sub": X}."""


def intrinsic(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else "Fn::" + suffix: value}


Intrinsics.add_multi_constructor("!", intrinsic)
# 2010-09-09 is a version, not a date.
Intrinsics.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def of_type(resources, kind):
    return [(name, resource) for name, resource in resources.items() if resource["Type"] == kind]


def rewrite_api(resources, name):
    """One HTTP API, with the stage that SAM makes for it."""
    properties = resources[name]["Properties"]
    resources[name] = {
        "Type": "AWS::ApiGatewayV2::Api",
        "Properties": {
            "Name": {"Ref": "AWS::StackName"},
            "ProtocolType": "HTTP",
            "CorsConfiguration": properties.pop("CorsConfiguration"),
        },
    }
    stage = {"ApiId": {"Ref": name}, "StageName": "$default", "AutoDeploy": True}
    resources[name + "Stage"] = {"Type": "AWS::ApiGatewayV2::Stage", "Properties": stage | properties}


def rewrite_http_event(resources, function, event, properties):
    """A function's route: what SAM would have written into the OpenAPI text, and who may call the function."""
    api = properties.pop("ApiId")
    method, path = properties.pop("Method", None), properties.pop("Path", None)
    alias = {"Ref": function + ".Alias"}
    resources[f"{function}{event}Integration"] = {
        "Type": "AWS::ApiGatewayV2::Integration",
        "Properties": {"ApiId": api, "IntegrationType": "AWS_PROXY", "IntegrationUri": alias} | properties,
    }
    resources[f"{function}{event}Route"] = {
        "Type": "AWS::ApiGatewayV2::Route",
        "Properties": {
            "ApiId": api,
            "RouteKey": f"{method} {path}" if path else "$default",
            "Target": {"Fn::Join": ["/", ["integrations", {"Ref": f"{function}{event}Integration"}]]},
        },
    }
    resources[f"{function}{event}Permission"] = {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "Action": "lambda:InvokeFunction",
            "FunctionName": alias,
            "Principal": "apigateway.amazonaws.com",
            "SourceArn": {
                "Fn::Sub": [
                    "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*",
                    {"Api": api},
                ]
            },
        },
    }


def rewrite_events(parameters, resources, name, function):
    events = function["Properties"].get("Events", {})
    for event in [event for event, definition in events.items() if definition["Type"] == "HttpApi"]:
        rewrite_http_event(resources, name, event, events.pop(event)["Properties"])
        print(f"{name}: its event {event} is an explicit integration, route and permission")
    for event, definition in events.items():
        if definition["Type"] == "SQS":
            scaling = definition["Properties"]["ScalingConfig"]
            scaling["MaximumConcurrency"] = parameters[scaling["MaximumConcurrency"]["Ref"]]["Default"]
            print(f"{name}: its event {event} has the maximum concurrency {scaling['MaximumConcurrency']}")


def rewrite_endpoints(variables, emulator_url, data_api_url):
    for variable in variables:
        if variable.startswith("AWS_ENDPOINT_URL_"):
            variables[variable] = data_api_url if variable == "AWS_ENDPOINT_URL_RDS_DATA" else emulator_url


def rewrite_references(node, secrets, emulator_url):
    if isinstance(node, list):
        return [rewrite_references(element, secrets, emulator_url) for element in node]
    if not isinstance(node, dict):
        return node
    match node:
        case {"Fn::GetAtt": [api, "ApiEndpoint"]}:
            return {"Fn::Sub": f"{emulator_url}/_aws/execute-api/${{{api}}}"}
        case {"Ref": str(name)} if name.endswith(".Stage"):
            return {"Ref": name.replace(".Stage", "Stage")}
        case {"Ref": str(name)} if name in secrets:
            return {"Fn::GetAtt": [name, "Id"]}
    return {key: rewrite_references(value, secrets, emulator_url) for key, value in node.items()}


def write_bootstrap(folder, java_home, runtime_class_path):
    command = [str(pathlib.Path(java_home, "bin", "java")), "-cp"]
    bootstrap = folder / "bootstrap"
    bootstrap.write_text(
        "#!/bin/sh\n"
        f'exec {shlex.join(command)} {shlex.quote(runtime_class_path)}:"$LAMBDA_TASK_ROOT:$LAMBDA_TASK_ROOT/lib/*"'
        ' com.amazonaws.services.lambda.runtime.api.client.AWSLambda "$_HANDLER"\n'
    )
    bootstrap.chmod(0o755)


def main():
    built, emulator_url, data_api_url, java_home, runtime_class_path = sys.argv[1:]
    folder = pathlib.Path(built)
    template = yaml.load((folder / "template.yaml").read_text(), Intrinsics)
    resources = template["Resources"]

    for name, _ in of_type(resources, "AWS::Serverless::HttpApi"):
        rewrite_api(resources, name)
        print(f"{name}: an explicit API and its stage")
    template["Globals"].pop("HttpApi")
    for name, function in of_type(resources, "AWS::Serverless::Function"):
        rewrite_events(template["Parameters"], resources, name, function)
        properties = function["Properties"]
        if properties.pop("DeploymentPreference", None):
            print(f"{name}: no CodeDeploy, a new version takes over at once")
        rewrite_endpoints(properties.get("Environment", {}).get("Variables", {}), emulator_url, data_api_url)
        write_bootstrap(folder / properties["CodeUri"], java_home, runtime_class_path)
        print(f"{name}: {template['Globals']['Function']['Runtime']} as provided.al2023, with a bootstrap")
    template["Globals"]["Function"]["Runtime"] = "provided.al2023"
    rewrite_endpoints(template["Globals"]["Function"]["Environment"]["Variables"], emulator_url, data_api_url)

    secrets = [name for name, _ in of_type(resources, "AWS::SecretsManager::Secret")]
    template = rewrite_references(template, secrets, emulator_url)
    (folder / "template.json").write_text(json.dumps(template, indent=1))


if __name__ == "__main__":
    main()

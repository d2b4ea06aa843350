/**
 * What a name in a template stands for. Of what AWS makes at deployment only the form is known: a table of an unknown name
 * is one table all the same, and its logical id serves as well; an endpoint's id has to look like one, or no request would
 * be known to match it. Whatever can be of any form is not guessed.
 */
import { createHash } from "node:crypto";
import type { JsonNode } from "../../lib/iam/json.ts";
import { quoted } from "../../lib/parameters.ts";
import { listNode, memberOf, textNode, textOf } from "./nodes.ts";
import type { Resolver } from "./resolver.ts";

const account = "123456789012";
const region = "us-east-1";
/** A stream's label is the time at which it began. */
const streamLabel = "2026-01-01T00:00:00.000";

const pseudoParameters: Readonly<Record<string, string>> = {
  "AWS::AccountId": account,
  "AWS::Partition": "aws",
  "AWS::Region": region,
  "AWS::StackId": `arn:aws:cloudformation:${region}:${account}:stack/stack-name/51af3dc0-da77-11e4-872e-1234567db123`,
  "AWS::StackName": "stack-name",
  "AWS::URLSuffix": "amazonaws.com",
};

const tables = ["AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "AWS::Serverless::SimpleTable"];
const networks = new Map([
  ["AWS::EC2::VPC", "vpc-"],
  ["AWS::EC2::VPCEndpoint", "vpce-"],
]);
const principals = new Map([
  ["AWS::IAM::Role", "role"],
  ["AWS::IAM::User", "user"],
  ["AWS::IAM::Group", "group"],
]);
/** Other types of AWS: of these the values are whatever somebody else made them. */
const opaque = /^AWS::(?:CloudFormation::.*|Serverless::Application|SSM::Parameter)$/;

/** The value of `Ref`; null for AWS::NoValue. */
export function referenceTo(name: string, resolver: Resolver): JsonNode | null {
  if (name === "AWS::NoValue") return null;
  if (Object.hasOwn(pseudoParameters, name)) return textNode(pseudoParameters[name] ?? "");
  if (name === "AWS::NotificationARNs") return onlyDeployed(name, resolver);
  const { parameters, resources } = resolver.template;
  const parameter = parameters.get(name);
  if (parameter !== undefined) return parameterValue(name, parameter, resolver);
  const type = typeOf(resources.get(name));
  if (type === null) return undefinedName(name, resolver);
  if (tables.includes(type)) return tableName(name, resolver);
  const network = networks.get(type);
  if (network !== undefined) return textNode(networkId(network, name));
  if (isOpaque(type)) return onlyDeployed(name, resolver);
  const given = physicalName(name, type, resolver);
  return principals.has(type) ? given : resolver.standIn(given, name);
}

/** The value of `Fn::GetAtt`. */
export function attributeOf(id: string, attribute: string, resolver: Resolver): JsonNode {
  const resource = resolver.template.resources.get(id);
  const type = typeOf(resource);
  if (type === null) return undefinedName(id, resolver);
  if (tables.includes(type) && (attribute === "Arn" || attribute === "StreamArn")) {
    const rest = attribute === "Arn" ? "" : `/stream/${streamLabel}`;
    return arnOf(`arn:aws:dynamodb:${region}:${account}:table/`, tableName(id, resolver), rest, resolver);
  }
  const network = networks.get(type);
  if (network !== undefined && /^(?:Vpc)?Id$/.test(attribute)) return textNode(networkId(network, id));
  const principal = principals.get(type);
  if (principal !== undefined && attribute === "Arn") {
    const given = memberOf(memberOf(resource, "Properties"), "Path");
    const path = (given === undefined ? null : resolver.resolve(given)) ?? textNode("/");
    const parts = [textNode(`arn:aws:iam::${account}:${principal}`), path, physicalName(id, type, resolver)];
    return resolver.joined(parts, "") ?? onlyDeployed(`${id}.${attribute}`, resolver);
  }
  if (isOpaque(type) || tables.includes(type) || !attribute.endsWith("Arn")) {
    return onlyDeployed(`${id}.${attribute}`, resolver);
  }
  const service = type.split("::")[1]?.toLowerCase() ?? "";
  return resolver.standIn(textNode(`arn:aws:${service}:${region}:${account}:${id}`), `${id}.${attribute}`);
}

function typeOf(resource: JsonNode | undefined): string | null {
  return textOf(memberOf(resource, "Type"));
}

function isOpaque(type: string): boolean {
  return !type.startsWith("AWS::") || opaque.test(type);
}

function undefinedName(name: string, resolver: Resolver): JsonNode {
  const isVariable = /^[a-z][\w.-]*:/.test(name);
  const hint = isVariable ? `for IAM's variable write \`\${!${name}}\`` : "define it, or correct the name";
  return resolver.unknowable(`names ${quoted(name)}, which the template does not define; ${hint}`);
}

function onlyDeployed(what: string, resolver: Resolver): JsonNode {
  return resolver.unknowable(
    `depends on ${quoted(what)}, which is known only after a deployment; write the value there`,
  );
}

/** Its default. An empty one says that a deployment gives another value or leaves it out. */
function parameterValue(name: string, parameter: JsonNode, resolver: Resolver): JsonNode {
  const type = textOf(memberOf(parameter, "Type")) ?? "String";
  if (type.startsWith("AWS::SSM::Parameter::Value")) {
    return resolver.unknowable(
      `depends on the parameter ${quoted(name)}, which is kept in Systems Manager; ${toWrite}`,
    );
  }
  const value = textOf(memberOf(parameter, "Default"));
  if (!value) return resolver.unknowable(`depends on the parameter ${quoted(name)}, which has no default; ${toWrite}`);
  const whole = resolver.derived(value, []);
  const isList = type === "CommaDelimitedList" || type.startsWith("List<");
  if (!isList || resolver.unknown.has(whole)) return whole;
  return listNode(value.split(",").map((item) => resolver.derived(item.trim(), [])));
}

const toWrite = "check a copy of the template with a default for it";

/** Three characters are the least that a table's name has. */
function tableName(id: string, resolver: Resolver): JsonNode {
  const standIn = id.replace(/[^A-Za-z0-9]/g, "-").padEnd(3, "-");
  return resolver.nameOf(id, "TableName", /^[A-Za-z0-9_.-]{3,255}$/, standIn);
}

/** By the property that most types have for it, as FunctionName of AWS::Lambda::Function. */
function physicalName(id: string, type: string, resolver: Resolver): JsonNode {
  return resolver.nameOf(id, `${type.split("::").at(-1)}Name`, /./, id);
}

/** Of the form that AWS gives, and the same for the same resource. */
function networkId(prefix: string, id: string): string {
  return `${prefix}${createHash("sha256").update(id).digest("hex").slice(0, 17)}`;
}

function arnOf(start: string, name: JsonNode, end: string, resolver: Resolver): JsonNode {
  return resolver.joined([textNode(start), name, textNode(end)], "") ?? onlyDeployed(start, resolver);
}

/** The small world that random policies and requests speak of: few names and values, so that statements interact. */
export const account = "123456789012";
const home = `arn:aws:dynamodb:us-east-1:${account}`;
const stream = "2024-01-01T00:00:00.000";

const tableNames = ["Orders", "Orders2", "Users"] as const;

/** ARNs that a request may be about, by the kind of resource. */
export const arns = {
  table: [...tableNames.map((name) => `${home}:table/${name}`), `arn:aws:dynamodb:us-west-2:${account}:table/Orders`],
  index: tableNames.map((name) => `${home}:table/${name}/index/ByDate`),
  stream: tableNames.map((name) => `${home}:table/${name}/stream/${stream}`),
  backup: [`${home}:table/Orders/backup/01234567890123-abcdefgh`],
} as const;

export type ResourceKind = keyof typeof arns;

const below: Readonly<Record<ResourceKind, RegExp>> = {
  table: /^$/,
  index: /^\/index\/[\w.-]{3,255}$/,
  stream: /^\/stream\/[\d-]{10}T[\d:.]+$/,
  backup: /^\/backup\/[\w-]+$/,
};

/** Whether a text is an ARN of that kind, as DynamoDB writes them. */
export function isArnOf(kind: ResourceKind, text: string): boolean {
  const found = /^arn:aws:dynamodb:[a-z]{2}-[a-z]+-\d:\d{12}:table\/[\w.-]{3,255}(\/.*)?$/.exec(text);
  return found !== null && below[kind].test(found[1] ?? "");
}

const itemKeys = ["leadingkeys", "attributes", "returnconsumedcapacity"];

/** The actions asked about, what each is authorised on (none: `*`), and the service's keys that it carries. */
export const actions: Readonly<Record<string, { on: readonly ResourceKind[]; carries: readonly string[] }>> = {
  GetItem: { on: ["table"], carries: [...itemKeys, "select", "enclosingoperation"] },
  BatchGetItem: { on: ["table"], carries: [...itemKeys, "select"] },
  ConditionCheckItem: { on: ["table"], carries: [...itemKeys, "enclosingoperation"] },
  Query: { on: ["table", "index"], carries: [...itemKeys, "select"] },
  Scan: { on: ["table", "index"], carries: ["attributes", "returnconsumedcapacity", "select"] },
  SearchVectors: { on: ["index"], carries: [] },
  PartiQLSelect: { on: ["table", "index"], carries: ["leadingkeys", "attributes", "select", "fulltablescan"] },
  PutItem: { on: ["table"], carries: [...itemKeys, "returnvalues", "enclosingoperation"] },
  UpdateItem: { on: ["table"], carries: [...itemKeys, "returnvalues", "enclosingoperation"] },
  DeleteItem: { on: ["table"], carries: [...itemKeys, "returnvalues", "enclosingoperation"] },
  BatchWriteItem: { on: ["table"], carries: itemKeys },
  PartiQLInsert: { on: ["table"], carries: ["leadingkeys", "attributes"] },
  PartiQLDelete: { on: ["table"], carries: ["leadingkeys", "attributes", "returnvalues"] },
  PartiQLUpdate: { on: ["table"], carries: ["leadingkeys", "attributes", "returnvalues"] },
  GetRecords: { on: ["stream"], carries: [] },
  DescribeTable: { on: ["table"], carries: [] },
  DeleteTable: { on: ["table"], carries: [] },
  PutResourcePolicy: { on: ["table", "stream"], carries: [] },
  DeleteBackup: { on: ["backup"], carries: [] },
  ListTables: { on: [], carries: [] },
};

export type KeyType = "String" | "Numeric" | "Date" | "Bool" | "Binary" | "IpAddress" | "Arn";

export interface Key {
  readonly name: string;
  readonly type: KeyType;
  readonly multi: boolean;
  /** What its texts are as well. */
  readonly alsoReadAs?: KeyType;
  /** What policies and requests say of it; the first are plain values, patterns follow. */
  readonly values: readonly string[];
}

const userArn = `arn:aws:iam::${account}:user`;
const roleArn = `arn:aws:iam::${account}:role`;
const early = "2026-01-01T00:00:00Z";
const late = "2027-06-30T12:00:00Z";

export const keys: readonly Key[] = [
  single("aws:SourceVpce", "String", [
    "vpce-0a1b2c3d",
    "vpce-0b2c3d4e",
    "vpce-*",
    "vpce-0?1b2c3d",
    "${aws:PrincipalTag/team}",
  ]),
  single("aws:SourceVpc", "String", ["vpc-0a1b2c3d", "vpc-0b2c3d4e", "vpc-*"]),
  single("aws:VpceAccount", "String", [account, "999999999999", "1234*"]),
  single("aws:RequestedRegion", "String", ["us-east-1", "us-west-2", "us-*"]),
  single("aws:ResourceAccount", "String", [account, "999999999999"]),
  single("aws:PrincipalAccount", "String", [account, "999999999999", "*"]),
  single("aws:PrincipalOrgID", "String", ["o-a1b2c3d4e5", "o-*"]),
  single("aws:username", "String", ["ann", "Orders", "a*", "${aws:PrincipalTag/team}", "${aws:userid, 'ann'}"]),
  single("aws:userid", "String", ["AIDAANN", "AIDABOB", "AIDA*", "${aws:username}"]),
  single("aws:PrincipalTag/team", "String", ["red", "Orders", "r*", "re?", "red*", "re${?}", "12", "${aws:username}"]),
  { ...single("aws:PrincipalTag/Level", "String", ["5", "10", "10.0"]), alsoReadAs: "Numeric" },
  single("aws:ResourceTag/env", "String", ["dev", "prod", "*", "${aws:PrincipalTag/team}", "d${*}"]),
  single("aws:UserAgent", "String", ["app/1", "Orders", "ers", "app/*", "*"]),
  { ...single("aws:SourceIdentity", "String", ["ann", "bob", "QW5u"]), alsoReadAs: "Binary" },
  single("aws:MultiFactorAuthPresent", "Bool", ["true", "false"]),
  single("aws:SecureTransport", "Bool", ["true", "false", "True"]),
  single("aws:ViaAWSService", "Bool", ["true", "false"]),
  single("aws:MultiFactorAuthAge", "Numeric", ["0", "300", "300.5", "3600", "-1"]),
  single("aws:CurrentTime", "Date", [early, late, "2026-01-01", "2026-01-01T01:00:00+01:00"]),
  { ...single("aws:EpochTime", "Date", ["1767225600", "1782864000"]), alsoReadAs: "Numeric" },
  single("aws:TokenIssueTime", "Date", [early, late]),
  single("aws:SourceIp", "IpAddress", [
    "203.0.113.7",
    "203.0.113.0/24",
    "203.0.113.0/30",
    "0.0.0.0/1",
    "128.0.0.0/1",
    "2001:db8::1",
    "2001:db8::/32",
    "::/0",
  ]),
  single("aws:VpcSourceIp", "IpAddress", ["10.0.0.1", "10.0.0.0/8", "10.0.0.0/31"]),
  single("aws:PrincipalArn", "Arn", [
    `${userArn}/ann`,
    `${roleArn}/app`,
    `${userArn}/*`,
    `arn:aws:iam::*:role/*`,
    `arn:*:iam::${account}:*/a??`,
    `${userArn}/\${aws:username}`,
  ]),
  single("cognito-identity.amazonaws.com:sub", "String", ["us-east-1:ann", "us-east-1:*"]),
  single("dynamodb:Select", "String", ["ALL_ATTRIBUTES", "SPECIFIC_ATTRIBUTES", "*_ATTRIBUTES"]),
  single("dynamodb:ReturnValues", "String", ["NONE", "ALL_OLD", "ALL_*"]),
  single("dynamodb:EnclosingOperation", "String", ["TransactGetItems", "Transact*"]),
  single("dynamodb:FullTableScan", "Bool", ["true", "false"]),
  multiple("dynamodb:LeadingKeys", [
    "ann",
    "bob",
    "TENANT#*",
    "${aws:username}",
    "${aws:PrincipalTag/team}-*",
    "a?n",
    "${aws:UserAgent}",
  ]),
  multiple("dynamodb:FirstPartitionKeyValues", ["ann", "bob", "an*"]),
  multiple("dynamodb:Attributes", ["id", "name", "salary", "n*"]),
  multiple("aws:CalledVia", ["athena.amazonaws.com", "cloudformation.amazonaws.com", "*.amazonaws.com"]),
  multiple("aws:PrincipalOrgPaths", ["o-a1/r-b2/ou-c3/", "o-a1/*"]),
];

/** By reference: the list of multi-valued keys in the IAM User Guide and the Service Authorization Reference. */
const multiValued =
  /^(dynamodb:(leadingkeys|attributes|(first|second|third|fourth)partitionkeyvalues|fistargetarns)|aws:(tagkeys|calledvia|(principal|resource|vpce|source)orgpaths|principalservicenameslist)|cognito-identity\.amazonaws\.com:amr)$/i;

export function isMultiValued(key: string): boolean {
  return multiValued.test(key);
}

/** Whether requests of an action may carry a key, in lower case; global keys they all may. */
export function carries(action: string, key: string): boolean {
  const [service, name = ""] = key.split(":");
  if (key === "cognito-identity.amazonaws.com:sub") return actions[action]?.on.length !== 0;
  if (service !== "dynamodb") return !key.startsWith("aws:resourcetag/") || actions[action]?.on.length !== 0;
  const carried = actions[action]?.carries ?? [];
  return carried.includes(name) || (name === "firstpartitionkeyvalues" && carried.includes("leadingkeys"));
}

function single(name: string, type: KeyType, values: readonly string[]): Key {
  return { name, type, multi: false, values };
}

function multiple(name: string, values: readonly string[]): Key {
  return { name, type: "String", multi: true, values };
}

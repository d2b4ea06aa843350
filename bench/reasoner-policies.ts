/** The policies of the reasoner's bench; each call makes one anew, of other names and values. */

type Values = string | readonly string[];

export interface StatementJson {
  readonly Effect: "Allow" | "Deny";
  readonly Action: Values;
  readonly Resource: Values;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Values>>>>;
}

export type Statements = readonly StatementJson[];

/** @param serial no two policies of a run have the same */
type Make = (serial: number) => Statements;

/** What people attach, and whether it leaves a free request. */
export const subjects: readonly { readonly name: string; readonly make: Make; readonly isFree: boolean }[] = [
  { name: "tenant policy", make: tenant, isFree: false },
  { name: "endpoint policy with Deny", make: endpoint, isFree: false },
  { name: "administrator", make: administrator, isFree: true },
  { name: "10 statements, mixed", make: mixed, isFree: false },
  { name: "100 conditioned statements", make: (serial) => allows(100, serial), isFree: false },
];

/** One kind of growth: a policy of each size, of which nothing is free unless it is said. */
export interface Curve {
  readonly name: string;
  readonly unit: "statements" | "wildcards" | "keys";
  readonly sizes: readonly number[];
  readonly make: (size: number, serial: number) => Statements;
  readonly isFree: boolean;
}

const upTo = (most: number): readonly number[] =>
  [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000].filter((size) => size <= most);
const keyCounts = [1, 2, 5, 10, 20, 35, 50];

export const curves: readonly Curve[] = [
  {
    name: "Allows, each bound, on its own table",
    unit: "statements",
    sizes: upTo(10_000),
    make: allows,
    isFree: false,
  },
  {
    name: "half Allows, half Denies that bind them",
    unit: "statements",
    sizes: [2, 4, ...upTo(10_000).slice(2)],
    make: allowsAndDenies,
    isFree: false,
  },
  {
    name: "Denies, each on its own table, of one free Allow",
    unit: "statements",
    sizes: upTo(10_000).filter((size) => size > 1),
    make: denies,
    isFree: true,
  },
  { name: "in one pattern, bound", unit: "wildcards", sizes: upTo(1000), make: boundWildcards, isFree: false },
  {
    name: "in one pattern, denied by a wider one",
    unit: "wildcards",
    sizes: upTo(1000),
    make: wildcards,
    isFree: false,
  },
  { name: "in as many patterns, bound", unit: "wildcards", sizes: upTo(1000), make: boundPatterns, isFree: false },
  {
    name: "in as many patterns, denied by wider ones",
    unit: "wildcards",
    sizes: upTo(1000),
    make: patterns,
    isFree: false,
  },
  { name: "in one Allow, the last one binds", unit: "keys", sizes: keyCounts, make: keysOfAllow, isFree: false },
  { name: "in as many Denies, the last one binds", unit: "keys", sizes: keyCounts, make: keysOfDenies, isFree: false },
];

const table = (name: string): string => `arn:aws:dynamodb:us-east-1:123456789012:table/${name}`;
const name = (word: string, serial: number, index = 0): string =>
  `${word}-${serial.toString(36)}-${index.toString(36)}`;
const hex = (serial: number, index: number): string =>
  `${serial.toString(16).padStart(9, "0")}${index.toString(16).padStart(8, "0")}`;
const vpce = (serial: number, index = 0): string => `vpce-${hex(serial, index)}`;

const itemActions = ["GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"].map(
  (action) => `dynamodb:${action}`,
);

/** DynamoDB guide, fine-grained access: one's own items, and of them some attributes. */
function tenant(serial: number): Statements {
  return [
    {
      Effect: "Allow",
      Action: itemActions,
      Resource: [table(name("Scores", serial)), `${table(name("Scores", serial))}/index/*`],
      Condition: {
        "ForAllValues:StringEquals": {
          "dynamodb:LeadingKeys": ["${www.amazon.com:user_id}"],
          "dynamodb:Attributes": ["UserId", name("Title", serial), name("Score", serial)],
        },
        StringEqualsIfExists: {
          "dynamodb:Select": "SPECIFIC_ATTRIBUTES",
          "dynamodb:ReturnValues": ["NONE", "UPDATED_OLD", "UPDATED_NEW"],
        },
      },
    },
  ];
}

function endpoint(serial: number): Statements {
  const Resource = [table(name("Orders", serial)), `${table(name("Orders", serial))}/index/*`];
  return [
    { Effect: "Allow", Action: "dynamodb:*", Resource },
    {
      Effect: "Deny",
      Action: "dynamodb:*",
      Resource: "*",
      Condition: { StringNotEquals: { "aws:SourceVpce": [vpce(serial), vpce(serial, 1)] } },
    },
    { Effect: "Deny", Action: "*", Resource: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
  ];
}

function administrator(serial: number): Statements {
  return [
    { Effect: "Allow", Action: "*", Resource: "*" },
    { Effect: "Deny", Action: "dynamodb:DeleteTable", Resource: table(name("Ledger", serial)) },
  ];
}

/** What an application collects: other services too, tables by name and by pattern, and everything bound. */
function mixed(serial: number): Statements {
  const bucket = `arn:aws:s3:::${name("reports", serial)}`;
  const through = { StringEquals: { "aws:SourceVpce": vpce(serial) } };
  const ofTeam = { StringEquals: { "aws:PrincipalTag/team": name("team", serial) } };
  return [
    { Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject"], Resource: `${bucket}/*` },
    { Effect: "Allow", Action: "s3:ListBucket", Resource: bucket },
    { Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: "*" },
    {
      Effect: "Allow",
      Action: ["dynamodb:GetItem", "dynamodb:Query"],
      Resource: table(name("Orders", serial)),
      Condition: through,
    },
    { Effect: "Allow", Action: "dynamodb:*Item", Resource: table(`${name("Carts", serial)}-*`), Condition: ofTeam },
    {
      Effect: "Allow",
      Action: "dynamodb:Query",
      Resource: `${table(name("Orders", serial))}/index/*`,
      Condition: through,
    },
    { Effect: "Allow", Action: ["dynamodb:DescribeTable", "dynamodb:ListTables"], Resource: "*" },
    {
      Effect: "Allow",
      Action: ["dynamodb:BatchGetItem", "dynamodb:PartiQLSelect"],
      Resource: table(name("Sessions", serial)),
      Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [`${name("tenant", serial)}#*`] }, ...ofTeam },
    },
    {
      Effect: "Deny",
      Action: "dynamodb:*",
      Resource: "*",
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    {
      Effect: "Deny",
      Action: ["dynamodb:Delete*", "dynamodb:Scan"],
      Resource: table(`*-${serial.toString(36)}-archive`),
    },
  ];
}

const each = (size: number, statement: (index: number) => StatementJson): Statements =>
  Array.from({ length: size }, (_, index) => statement(index));

function allows(size: number, serial: number): Statements {
  return each(size, (index) => ({
    Effect: "Allow",
    Action: "dynamodb:*Item",
    Resource: `arn:aws:dynamodb:*:*:table/${name("T", serial, index)}`,
    Condition: { StringLike: { "aws:SourceVpce": vpce(serial, index) } },
  }));
}

function denyBut(endpointId: string, Resource: string): StatementJson {
  return {
    Effect: "Deny",
    Action: "dynamodb:*",
    Resource,
    Condition: { StringNotEquals: { "aws:SourceVpce": endpointId } },
  };
}

function allowsAndDenies(size: number, serial: number): Statements {
  return each(size, (index) => {
    const one = Math.floor(index / 2);
    const Resource = table(name("T", serial, one));
    return index % 2 === 0
      ? { Effect: "Allow", Action: "dynamodb:*Item", Resource }
      : denyBut(vpce(serial, one), Resource);
  });
}

function denies(size: number, serial: number): Statements {
  return each(size, (index) =>
    index === 0
      ? { Effect: "Allow", Action: "dynamodb:*Item", Resource: table("*") }
      : denyBut(vpce(serial, index), table(name("T", serial, index))),
  );
}

/** `a0*b0*c0*`: as many pieces as wildcards, of which a wider pattern leaves every second one out. */
function pieces(size: number, serial: number): readonly string[] {
  return Array.from({ length: size }, (_, index) => `${(serial + index).toString(36)}*`);
}

function boundWildcards(size: number, serial: number): Statements {
  return [
    {
      Effect: "Allow",
      Action: "dynamodb:*Item",
      Resource: table(`T${pieces(size, serial).join("")}`),
      Condition: { StringEquals: { "aws:SourceVpce": vpce(serial) } },
    },
  ];
}

function wildcards(size: number, serial: number): Statements {
  const all = pieces(size, serial);
  const wider = all.filter((_, index) => index % 2 === 0);
  return [
    { Effect: "Allow", Action: "dynamodb:*Item", Resource: table(`T${all.join("")}`) },
    denyBut(vpce(serial), table(`T${wider.join("")}*`)),
  ];
}

function boundPatterns(size: number, serial: number): Statements {
  return [
    {
      Effect: "Allow",
      Action: "dynamodb:*Item",
      Resource: Array.from({ length: size }, (_, index) => table(`${name("T", serial, index)}-*`)),
      Condition: { StringEquals: { "aws:SourceVpce": vpce(serial) } },
    },
  ];
}

function patterns(size: number, serial: number): Statements {
  const names = Array.from({ length: size }, (_, index) => name("T", serial, index));
  return [
    { Effect: "Allow", Action: "dynamodb:*Item", Resource: names.map((one) => table(`${one}-*-a`)) },
    {
      ...denyBut(vpce(serial), ""),
      Resource: names.map((one) => table(`${one}-*`)),
    },
  ];
}

const tag = (serial: number, index: number): string => `aws:PrincipalTag/${name("tag", serial, index)}`;

function keysOfAllow(size: number, serial: number): Statements {
  const others = Array.from({ length: size - 1 }, (_, index) => [tag(serial, index), name("none", serial, index)]);
  return [
    {
      Effect: "Allow",
      Action: "dynamodb:*Item",
      Resource: table("*"),
      Condition: {
        StringNotEquals: Object.fromEntries(others) as Record<string, string>,
        StringEquals: { [tag(serial, size - 1)]: name("some", serial) },
      },
    },
  ];
}

/** Each tag must be there, whatever it says; the last one must say something. */
function keysOfDenies(size: number, serial: number): Statements {
  const deny = (Condition: NonNullable<StatementJson["Condition"]>): StatementJson => ({
    Effect: "Deny",
    Action: "dynamodb:*",
    Resource: "*",
    Condition,
  });
  return [
    { Effect: "Allow", Action: "dynamodb:*Item", Resource: table("*") },
    ...each(size - 1, (index) => deny({ Null: { [tag(serial, index)]: "true" } })),
    deny({ StringNotEquals: { [tag(serial, size - 1)]: name("some", serial) } }),
  ];
}

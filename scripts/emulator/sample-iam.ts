/**
 * The sample account's policies, roles, users and groups, for the rules on IAM, and the means to make others. Each teaches
 * something, which its comment says.
 */
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutGroupPolicyCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from "@aws-sdk/client-iam";
import { clientConfiguration } from "./emulator.ts";

/** A statement; Allow where it does not say. */
export type Statement = Readonly<Record<string, unknown>>;

/** What a principal gets when it is made. */
export interface Grants {
  /** Names of customer managed policies, or ARNs of AWS's own. */
  readonly attached?: readonly string[];
  readonly inline?: Readonly<Record<string, readonly Statement[]>>;
}

const tables = "arn:aws:dynamodb:us-east-1:123456789012:table";
const orders = `${tables}/Orders`;
const administratorAccess = "arn:aws:iam::aws:policy/AdministratorAccess";
const itemsOfTenant = { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["${aws:PrincipalTag/tenant}"] } };
const getAndQuery = ["dynamodb:GetItem", "dynamodb:Query"];

/** @param endpointId the VPC endpoint of shop, by which its applications come */
export async function seedIam(url: string, endpointId: string): Promise<void> {
  const configuration = clientConfiguration(url);
  const iam = iamOf(new IAMClient(configuration));
  await seedPolicies(iam, endpointId);
  await seedRoles(iam, endpointId);
  await seedUsers(iam, configuration);
}

async function seedPolicies(iam: Iam, endpointId: string): Promise<void> {
  // Two actions on one table are least privilege, yet stolen credentials work from everywhere.
  await iam.createPolicy("orders-read", [{ Sid: "ReadOrders", Action: getAndQuery, Resource: orders }]);

  // Each tenant reaches its own items, by the table's partition key: done right.
  const items = [...getAndQuery, "dynamodb:PutItem", "dynamodb:UpdateItem"];
  const tenantItems = { Sid: "TenantItems", Resource: orders, Condition: itemsOfTenant };
  await iam.createPolicy("tenant-items", [{ ...tenantItems, Action: items }]);

  // The same with Scan: it looks restricted and is open, since a Scan carries no leading key.
  await iam.createPolicy("tenant-items-scan", [{ ...tenantItems, Action: [...items, "dynamodb:Scan"] }]);

  // Written in a hurry: any table, also those that are made tomorrow, and whatever AWS calls Get.
  await iam.createPolicy("data-science", [{ Sid: "ReadAll", Action: "dynamodb:Get*", Resource: `${tables}/*` }]);

  // The Deny cancels the Allow for all tables but one: of that one it still grants all there is.
  await iam.createPolicy("break-glass", [
    { Sid: "Everything", Action: "dynamodb:*", Resource: "*" },
    { Sid: "OrdersOnly", Effect: "Deny", Action: "dynamodb:*", NotResource: [orders, `${orders}/*`] },
  ]);

  // A list of columns without a demand on Select: whoever names no column gets the whole item.
  await iam.createPolicy("columns", [
    {
      Sid: "Addresses",
      Action: getAndQuery,
      Resource: `${tables}/Customers`,
      Condition: { "ForAllValues:StringEquals": { "dynamodb:Attributes": ["pk", "sk", "address"] } },
    },
  ]);

  // "If it exists": from the internet it does not exist, and the request passes.
  await iam.createPolicy("endpoint-if-exists", [
    {
      Sid: "ReadOrders",
      Action: getAndQuery,
      Resource: orders,
      Condition: { StringEqualsIfExists: { "aws:SourceVpce": endpointId } },
    },
  ]);

  // In a policy of the account itself everybody who can hold it is of the organization.
  await iam.createPolicy("org-only", [
    {
      Sid: "ReadCatalog",
      Action: getAndQuery,
      Resource: `${tables}/Catalog`,
      Condition: { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } },
    },
  ]);

  // A pipeline that makes tables and fills them: whoever steals its key can also delete what is in use.
  await iam.createPolicy("deploy-tables", [
    {
      Sid: "Deploy",
      Action: ["CreateTable", "DescribeTable", "UpdateTable", "DeleteTable", "PutItem"].map((one) => `dynamodb:${one}`),
      Resource: [`${tables}/Catalog`, `${tables}/Sessions`],
    },
  ]);

  // Used only as a boundary, which grants nothing. Its first statement seems to hold requests to the endpoint.
  await iam.createPolicy("support-boundary", [
    {
      Sid: "FromShop",
      Action: "dynamodb:*",
      Resource: "*",
      Condition: { StringEquals: { "aws:SourceVpce": endpointId } },
    },
    { Sid: "NoIam", NotAction: "iam:*", Resource: "*" },
  ]);

  // Left over from a migration, attached to nobody: harmless until somebody finds it useful.
  await iam.createPolicy("legacy-export", [
    {
      Sid: "Export",
      Action: ["dynamodb:Scan", "dynamodb:ExportTableToPointInTime"],
      Resource: `${tables}/*`,
    },
  ]);
}

async function seedRoles(iam: Iam, endpointId: string): Promise<void> {
  // The model role: the tables of an order, through the endpoint of its VPC only.
  await iam.createRole("checkout", "lambda.amazonaws.com", {
    inline: {
      orders: [
        {
          Sid: "PlaceOrders",
          Action: [...getAndQuery, "dynamodb:PutItem", "dynamodb:UpdateItem"],
          Resource: [orders, `${tables}/Carts`],
          Condition: { StringEquals: { "aws:SourceVpce": endpointId } },
        },
      ],
    },
  });

  // Its own Allow undoes what its boundary seems to limit: a condition on one Allow of a boundary stops no other.
  await iam.createRole("support", null, {
    inline: { tickets: [{ Sid: "LookUp", Action: getAndQuery, Resource: `${tables}/Customers` }] },
    boundary: "support-boundary",
  });

  // Who holds the policies above.
  await iam.createRole("storefront", "ecs-tasks.amazonaws.com", { attached: ["tenant-items"] });
  await iam.createRole("storefront-search", "ecs-tasks.amazonaws.com", { attached: ["tenant-items-scan"] });
  await iam.createRole("incident", null, { attached: ["break-glass"] });
  await iam.createRole("fulfilment", "lambda.amazonaws.com", { attached: ["columns"] });
  await iam.createRole("invoicing", "lambda.amazonaws.com", { attached: ["endpoint-if-exists"] });
  await iam.createRole("catalog-feed", "lambda.amazonaws.com", { attached: ["org-only"] });

  // AWS's own policy, which nobody here can change.
  await iam.createRole("administrator", null, { attached: [administratorAccess] });

  // Nothing of DynamoDB, as most roles of an account.
  await iam.createRole("thumbnails", "lambda.amazonaws.com", {
    inline: { images: [{ Action: "s3:PutObject", Resource: "arn:aws:s3:::shop-images/*" }] },
  });

  // Made by AWS for the global table Carts: nobody here can change it.
  await iam.createRole("AWSServiceRoleForDynamoDBReplication", "replication.dynamodb.amazonaws.com", {
    path: "/aws-service-role/replication.dynamodb.amazonaws.com/",
  });
}

async function seedUsers(iam: Iam, configuration: ReturnType<typeof clientConfiguration>): Promise<void> {
  // An active key that was just used for DynamoDB: the keys of a pipeline leak first.
  const credentials = await iam.createUserWithKey("ci-deploy", { attached: ["deploy-tables"] });
  await new DynamoDBClient({ ...configuration, credentials }).send(new ListTablesCommand());

  // An active key that could reach DynamoDB, and was last used for S3.
  const reports = { Action: "s3:PutObject", Resource: "arn:aws:s3:::shop-reports/*" };
  const batch = await iam.createUserWithKey("report-batch", {
    attached: ["orders-read"],
    inline: { reports: [reports] },
  });
  await useForS3(configuration.endpoint, batch.accessKeyId);

  // An active key that reaches nothing of DynamoDB: no matter of this product.
  await iam.createUserWithKey("mailer", { inline: { mail: [{ Action: "ses:SendEmail", Resource: "*" }] } });

  // An inactive key, yet all that an administrator may, one click away.
  const old = await iam.createUserWithKey("old-admin", { attached: [administratorAccess] });
  const inactive = { UserName: "old-admin", AccessKeyId: old.accessKeyId, Status: "Inactive" } as const;
  await iam.send(new UpdateAccessKeyCommand(inactive));

  // What a user has by a group is mended in the group, or in the policy.
  await iam.createGroup("analysts", ["ana"], { attached: ["data-science"] });

  // A tag decides which tables, and whoever is decided about may set it.
  const devTables = [`${tables}/Sessions`, `${tables}/Carts`];
  await iam.createGroup("developers", ["dana"], {
    inline: {
      "dev-tables": [
        {
          Sid: "ReadDev",
          Action: getAndQuery,
          Resource: devTables,
          Condition: { StringEquals: { "aws:ResourceTag/stage": "dev" } },
        },
        { Sid: "Label", Action: "dynamodb:TagResource", Resource: devTables },
      ],
    },
  });
}

/** A request that the emulator counts as the key's use: it reads the name of the service, and no signature. */
async function useForS3(url: string, accessKeyId: string): Promise<void> {
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0`;
  const answer = await fetch(url, { headers: { authorization } });
  if (!answer.ok) throw new Error(`the emulator's S3 answered ${answer.status}`);
}

type Iam = ReturnType<typeof iamOf>;

/** Makes things in IAM, each with all that it holds. */
export function iamOf(client: IAMClient) {
  const arnOf = (policy: string): string =>
    policy.startsWith("arn:") ? policy : `arn:aws:iam::123456789012:policy/${policy}`;
  const createUser = async (UserName: string, { attached = [], inline = {} }: Grants): Promise<void> => {
    await client.send(new CreateUserCommand({ UserName }));
    for (const policy of attached)
      await client.send(new AttachUserPolicyCommand({ UserName, PolicyArn: arnOf(policy) }));
    for (const [PolicyName, statements] of Object.entries(inline))
      await client.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument: documentOf(statements) }));
  };
  return {
    send: client.send.bind(client) as IAMClient["send"],
    createUser,
    async createPolicy(PolicyName: string, statements: readonly Statement[]): Promise<void> {
      await client.send(new CreatePolicyCommand({ PolicyName, PolicyDocument: documentOf(statements) }));
    },
    /** @param service who may assume it; null: whoever in the account is allowed to */
    async createRole(
      RoleName: string,
      service: string | null,
      {
        attached = [],
        inline = {},
        boundary,
        path = "/",
      }: Grants & { readonly boundary?: string; readonly path?: string },
    ): Promise<void> {
      const Principal = service === null ? { AWS: "123456789012" } : { Service: service };
      const AssumeRolePolicyDocument = documentOf([{ Principal, Action: "sts:AssumeRole" }]);
      const bounded = boundary === undefined ? {} : { PermissionsBoundary: arnOf(boundary) };
      await client.send(new CreateRoleCommand({ RoleName, Path: path, AssumeRolePolicyDocument, ...bounded }));
      for (const policy of attached)
        await client.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: arnOf(policy) }));
      for (const [PolicyName, statements] of Object.entries(inline))
        await client.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: documentOf(statements) }));
    },
    async createUserWithKey(UserName: string, grants: Grants) {
      await createUser(UserName, grants);
      const { AccessKey: key } = await client.send(new CreateAccessKeyCommand({ UserName }));
      if (key?.AccessKeyId === undefined || key.SecretAccessKey === undefined)
        throw new Error(`iam:CreateAccessKey for ${UserName} answered without a key`);
      return { accessKeyId: key.AccessKeyId, secretAccessKey: key.SecretAccessKey };
    },
    async createGroup(
      GroupName: string,
      users: readonly string[],
      { attached = [], inline = {} }: Grants,
    ): Promise<void> {
      await client.send(new CreateGroupCommand({ GroupName }));
      for (const policy of attached)
        await client.send(new AttachGroupPolicyCommand({ GroupName, PolicyArn: arnOf(policy) }));
      for (const [PolicyName, statements] of Object.entries(inline))
        await client.send(new PutGroupPolicyCommand({ GroupName, PolicyName, PolicyDocument: documentOf(statements) }));
      for (const UserName of users) {
        await createUser(UserName, {});
        await client.send(new AddUserToGroupCommand({ GroupName, UserName }));
      }
    },
  };
}

/** The statements as a policy's text. */
export function documentOf(statements: readonly Statement[]): string {
  const Statement = statements.map((statement) => ({ Effect: "Allow", ...statement }));
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

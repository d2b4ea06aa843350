/** The IAM policy that a scan needs: what all rules read, and who is asking. Pure. */
import type { Permission } from "../lib/rule.ts";

export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

interface Statement {
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: NonNullable<Permission["conditions"]>;
}

/** Where the policy is to hold; without them, in every account and region that it is attached in. */
export interface PolicyPlace {
  readonly account?: string;
  readonly region?: string;
}

/** Names that a deployment sets by the template: here their defaults, as a list entry's worth of names. */
const deploymentValues: Readonly<Record<string, readonly string[]>> = {
  "${ClientSideEncryptionKeyAttributes}": ["pk", "sk", "PK", "SK", "id"],
};

/** One statement for all actions with the same resources and conditions.
 * @throws Error for a pseudo parameter that has no value outside CloudFormation */
export function scanPolicy(permissions: readonly Permission[], place: PolicyPlace): PolicyDocument {
  const statements = new Map<string, Statement>();
  for (const { action, resources, conditions } of [callerIdentity, ...permissions]) {
    const limits = {
      Resource: resources.toSorted(),
      ...(conditions === undefined ? {} : { Condition: deployed(conditions) }),
    };
    const key = withPlace(JSON.stringify(limits), place);
    const actions = [...(statements.get(key)?.Action ?? []), action];
    statements.set(key, { Effect: "Allow", Action: [...new Set(actions)].sort(), ...JSON.parse(key) });
  }
  return { Version: "2012-10-17", Statement: [...statements.values()] };
}

function deployed(conditions: NonNullable<Permission["conditions"]>): NonNullable<Permission["conditions"]> {
  return JSON.parse(JSON.stringify(conditions), (_name, value: unknown) =>
    Array.isArray(value) ? value.flatMap((entry) => deploymentValues[String(entry)] ?? [entry]) : value,
  ) as NonNullable<Permission["conditions"]>;
}

const callerIdentity: Permission = { action: "sts:GetCallerIdentity", resources: ["*"] };

function withPlace(text: string, { account = "*", region = "*" }: PolicyPlace): string {
  const values: Readonly<Record<string, string>> = {
    Partition: partitionOf(region),
    AccountId: account,
    Region: region,
  };
  return text.replace(/\$\{AWS::(\w+)\}/g, (pseudo, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${pseudo} has no value outside CloudFormation`);
    return value;
  });
}

function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

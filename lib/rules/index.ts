/** The catalogue: every rule, in the order of the AWS page. A new rule is added here by hand; a test compares. */
import type { Rule } from "../rule.ts";
import { backupEncryption } from "./dynamodb-backup-encryption.ts";
import { clientSideEncryption } from "./dynamodb-client-side-encryption.ts";
import { endpointPolicy } from "./dynamodb-endpoint-policy.ts";
import { leastPrivilege } from "./dynamodb-least-privilege.ts";
import { policyConditions } from "./dynamodb-policy-conditions.ts";
import { resourcePolicy } from "./dynamodb-resource-policy.ts";
import { staticKeys } from "./dynamodb-static-keys.ts";
import { tableEncryption } from "./dynamodb-table-encryption.ts";
import { vpcEndpoint } from "./dynamodb-vpc-endpoint.ts";
import { vpceOnlyAccess } from "./dynamodb-vpce-only-access.ts";

export const catalogue: readonly Rule[] = [
  tableEncryption,
  backupEncryption,
  staticKeys,
  leastPrivilege,
  resourcePolicy,
  policyConditions,
  vpcEndpoint,
  endpointPolicy,
  vpceOnlyAccess,
  clientSideEncryption,
];

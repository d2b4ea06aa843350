/**
 * When AWS's global condition keys are in a direct request to DynamoDB by a user, a role or a session of an account, for
 * every action alike. Sources: the IAM user guide's page of global condition keys where no other is named.
 */
import type { Presence } from "./presence.ts";

export interface GlobalRow {
  readonly presence: Presence;
  /** In AWS's spelling; one that ends with `/` or `:` stands for all that begin so. */
  readonly keys: readonly string[];
  readonly source: string;
}

const guide = "IAM user guide, global condition keys";

export const globalRows: readonly GlobalRow[] = [
  {
    presence: "always",
    keys: ["aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalType", "aws:userid", "aws:PrincipalIsAWSService"],
    source: `${guide}: in every signed request, and DynamoDB takes no other`,
  },
  {
    presence: "always",
    keys: [
      "aws:CurrentTime",
      "aws:EpochTime",
      "aws:RequestedRegion",
      "aws:ResourceAccount",
      "aws:SecureTransport",
      "aws:UserAgent",
      "aws:ViaAWSService",
    ],
    source: `${guide}: always included; aws:ResourceAccount for most services' actions, DynamoDB's among them`,
  },
  {
    presence: "sometimes",
    keys: [
      "aws:SourceVpc",
      "aws:SourceVpce",
      "aws:VpceAccount",
      "aws:VpceOrgID",
      "aws:VpceOrgPaths",
      "aws:VpcSourceIp",
    ],
    source: `${guide}: only through a VPC endpoint; DynamoDB is among the services that the Vpce keys list`,
  },
  { presence: "sometimes", keys: ["aws:SourceIp"], source: `${guide}: absent through a VPC endpoint` },
  {
    presence: "never",
    keys: ["aws:SourceVpcArn"],
    source: `${guide}: DynamoDB is not among the services that it lists`,
  },
  {
    presence: "never",
    keys: ["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"],
    source: `${guide}: only where a service calls with the caller's credentials, which is no direct request`,
  },
  {
    presence: "sometimes",
    keys: ["aws:CalledViaAWSMCP", "aws:ViaAWSMCPService", "aws:IsMcpServiceAction"],
    source: `${guide}: about calls through AWS's MCP servers; whether others carry a value is not said`,
  },
  {
    presence: "sometimes",
    keys: ["aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:ResourceOrgID", "aws:ResourceOrgPaths"],
    source: `${guide}: only where the account is in an organization`,
  },
  {
    presence: "sometimes",
    keys: ["aws:PrincipalTag/", "aws:username", "aws:SourceIdentity", "aws:AssumedRoot"],
    source: `${guide}: only of a tagged principal, an IAM user, a session with a source identity, a root session`,
  },
  {
    presence: "sometimes",
    keys: ["aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge", "aws:TokenIssueTime"],
    source: `${guide}: only with temporary credentials, the age only with MFA`,
  },
  {
    presence: "sometimes",
    keys: [
      "aws:FederatedProvider",
      "saml:",
      "cognito-identity.amazonaws.com:",
      "www.amazon.com:",
      "graph.facebook.com:",
      "accounts.google.com:",
    ],
    source: "IAM user guide, web identity and SAML keys: only in sessions from that provider",
  },
  {
    presence: "sometimes",
    keys: [
      "aws:ChatbotSourceArn",
      "aws:Ec2InstanceSourcePrivateIPv4",
      "aws:Ec2InstanceSourceVpc",
      "ec2:RoleDelivery",
      "ec2:SourceInstanceArn",
      "glue:CredentialIssuingService",
      "glue:RoleAssumedBy",
      "identitystore:UserId",
      "lambda:SourceFunctionArn",
      "ssm:SourceInstanceArn",
    ],
    source: `${guide}: only with credentials that this service gave out`,
  },
  { presence: "sometimes", keys: ["aws:Referer"], source: `${guide}: only where the caller writes one` },
  {
    presence: "never",
    keys: [
      "aws:PrincipalServiceName",
      "aws:PrincipalServiceNamesList",
      "aws:SourceAccount",
      "aws:SourceArn",
      "aws:SourceOrgID",
      "aws:SourceOrgPaths",
      "aws:SourceOwner",
    ],
    source: `${guide}: only where a service principal calls, which is no user, role or session`,
  },
];

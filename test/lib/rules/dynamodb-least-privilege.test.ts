import { leastPrivilege } from "../../../lib/rules/dynamodb-least-privilege.ts";
import {
  awsManaged,
  bare,
  byGroup,
  customerManaged,
  group,
  inline,
  policy,
  role,
  tableArn,
  unreadDocument,
  user,
} from "../../fakes/iam-facts.ts";
import { ruleTable } from "../../rule-table.ts";

const orders = tableArn("Orders");
const read = { Action: ["dynamodb:GetItem", "dynamodb:Query"], Resource: orders };
const anyTable = { Sid: "ReadAll", Action: "dynamodb:GetItem", Resource: tableArn("*") };
const everything = { Action: "*", Resource: "*" };
const deleting = { Sid: "Clean", Action: "dynamodb:DeleteTable", Resource: orders };
const dataScience = customerManaged("data-science", [anyTable], 5);

ruleTable(leastPrivilege, {
  "a policy of two reads on one table complies": {
    facts: policy(customerManaged("orders-read", [read])),
    expect: ["COMPLIANT", "policy/orders-read: names table/Orders, 2 actions, no administration beside data"],
  },
  "a bare document complies by the same": {
    facts: bare(read),
    expect: ["COMPLIANT", "policy: names table/Orders, 2 actions, no administration beside data"],
  },
  "metadata reads on any table comply": {
    facts: policy(
      customerManaged("list", [{ Action: ["dynamodb:ListTables", "dynamodb:DescribeTable"], Resource: "*" }]),
    ),
    expect: ["COMPLIANT", "policy/list: reaches no table that is not named, 2 actions, no administration beside data"],
  },
  "a read on any table is a violation; of five versions the oldest gives way": {
    facts: policy(dataScience),
    expect: [
      "NON_COMPLIANT",
      "policy/data-science: ReadAll allows dynamodb:GetItem on any table; tables must be named. Name the tables in Resource",
    ],
    reasons: ["anyTable"],
    commands: [
      "aws iam delete-policy-version --policy-arn arn:aws:iam::123456789012:policy/data-science --version-id v1",
      "aws iam create-policy-version --policy-arn arn:aws:iam::123456789012:policy/data-science --policy-document file://data-science.json --set-as-default",
    ],
  },
  "a role that has it is told the policy": {
    facts: role("notebook", [dataScience]),
    expect: [
      "NON_COMPLIANT",
      "role/notebook: data-science/ReadAll allows dynamodb:GetItem on any table; tables must be named. Name the tables in Resource",
    ],
    reasons: ["anyTable"],
  },
  "with reportAt source, a role whose only fault is a customer managed policy is not judged": {
    facts: role("notebook", [dataScience]),
    parameters: { reportAt: "source" },
    expect: ["NOT_APPLICABLE", "role/notebook: judged at data-science (reportAt is source)"],
  },
  "with reportAt source, what two policies do together is still the role's fault": {
    facts: role("worker", [customerManaged("orders-read", [read]), customerManaged("orders-clean", [deleting])]),
    parameters: { reportAt: "source" },
    expect: [
      "NON_COMPLIANT",
      "role/worker: orders-clean/Clean allows dynamodb:DeleteTable on table/Orders beside dynamodb:GetItem; administration must be kept apart. Give administration to a role of its own",
    ],
    reasons: ["administration"],
    commands: [
      "aws iam detach-role-policy --role-name worker --policy-arn arn:aws:iam::123456789012:policy/orders-clean",
    ],
  },
  "all actions on one table are a violation": {
    facts: policy(customerManaged("orders-owner", [{ Action: "dynamodb:*", Resource: orders }])),
    expect: [
      "NON_COMPLIANT",
      "policy/orders-owner: #0 grants all actions, so dynamodb:PutResourcePolicy on table/Orders; actions must be listed. List the actions that are used",
    ],
    reasons: ["allActions"],
  },
  "an administrator's role gets a policy of its own in the place of AWS's": {
    facts: role("admin", [awsManaged("AdministratorAccess", [everything])]),
    expect: [
      "NON_COMPLIANT",
      "role/admin: AdministratorAccess/#0 grants all actions on any table, so dynamodb:PutResourcePolicy on table/any-table; list the actions and name the tables. List the actions that are used. Name the tables in Resource",
    ],
    reasons: ["allActionsOnAnyTable"],
    commands: [
      "aws iam create-policy --policy-name admin-AdministratorAccess --policy-document file://admin-AdministratorAccess.json",
      "aws iam attach-role-policy --role-name admin --policy-arn arn:aws:iam::123456789012:policy/admin-AdministratorAccess",
      "aws iam detach-role-policy --role-name admin --policy-arn arn:aws:iam::aws:policy/AdministratorAccess",
    ],
  },
  "several faults are told worst first": {
    facts: role("mixed", [
      customerManaged("owner", [{ Action: "dynamodb:*", Resource: "*" }]),
      inline("clean", [read, deleting]),
    ]),
    expect: [
      "NON_COMPLIANT",
      "role/mixed: owner/#0 grants all actions on any table, so dynamodb:PutResourcePolicy on table/any-table; list the actions and name the tables (+1 more). List the actions that are used. Name the tables in Resource. Give administration to a role of its own",
    ],
    reasons: ["allActionsOnAnyTable", "administration"],
  },
  "administration beside data, in a user's own policy": {
    facts: user("app", [inline("rw", [read, deleting])]),
    expect: [
      "NON_COMPLIANT",
      "user/app: rw/Clean allows dynamodb:DeleteTable on table/Orders beside dynamodb:GetItem; administration must be kept apart. Give administration to a role of its own",
    ],
    reasons: ["administration"],
    commands: ["aws iam put-user-policy --user-name app --policy-name rw --policy-document file://app-rw.json"],
  },
  "whoever may administer his tables complies": {
    facts: user("owner", [inline("rw", [read, deleting])]),
    parameters: { allowAdministration: "arn:aws:iam::*:user/owner" },
    expect: ["COMPLIANT", "user/owner: names table/Orders, 3 actions, no administration beside data"],
  },
  "what a user has by a group is mended in the group": {
    facts: user("ann", [byGroup("devs", inline("read-all", [anyTable]))]),
    expect: [
      "NON_COMPLIANT",
      "user/ann: read-all/ReadAll allows dynamodb:GetItem on any table; tables must be named. Name the tables in Resource",
    ],
    commands: [
      "aws iam put-group-policy --group-name devs --policy-name read-all --policy-document file://devs-read-all.json",
    ],
  },
  "a group is judged by its own policies": {
    facts: group("devs", [inline("read-all", [anyTable])]),
    expect: [
      "NON_COMPLIANT",
      "group/devs: read-all/ReadAll allows dynamodb:GetItem on any table; tables must be named. Name the tables in Resource",
    ],
    commands: [
      "aws iam put-group-policy --group-name devs --policy-name read-all --policy-document file://devs-read-all.json",
    ],
  },
  "a boundary narrows what a role is granted": {
    facts: role("bounded", [dataScience], { boundary: customerManaged("limits", [read]) }),
    expect: ["COMPLIANT", "role/bounded: reaches no table that is not named, 1 action, no administration beside data"],
  },
  "a policy that is attached to nobody is of little weight": {
    facts: policy(dataScience, { attachmentCount: 0 }),
    expect: [
      "NON_COMPLIANT",
      "policy/data-science: ReadAll allows dynamodb:GetItem on any table; narrow it: attached to nobody. Name the tables in Resource",
    ],
    reasons: ["unattached"],
  },
  "a policy used only as a boundary grants nothing": {
    facts: policy(customerManaged("limits", [everything]), { attachmentCount: 0, permissionsBoundaryUsageCount: 2 }),
    expect: ["NOT_APPLICABLE", "policy/limits: used only as a permissions boundary, which grants nothing"],
  },
  "a policy of another service is not judged": {
    facts: policy(customerManaged("buckets", [{ Action: "s3:*", Resource: "*" }])),
    expect: ["NOT_APPLICABLE", "policy/buckets: allows no action of DynamoDB"],
  },
  "a Deny that takes everything away leaves nothing to judge": {
    facts: role("stopped", [dataScience, inline("stop", [{ Effect: "Deny", Action: "*", Resource: "*" }])]),
    expect: ["NOT_APPLICABLE", "role/stopped: allows no action of DynamoDB"],
  },
  "a service-linked role is AWS's own": {
    facts: role("AWSServiceRoleForX", [dataScience], { path: "/aws-service-role/x.amazonaws.com/" }),
    expect: [
      "NOT_APPLICABLE",
      "role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX: made by AWS for a service: nobody in the account can change it",
    ],
  },
  "a policy that could not be read may deny: nothing is proven": {
    facts: role("half", [dataScience, unreadDocument("Hidden")]),
    expect: ["unread", "iam:GetPolicyVersion role/half: on policy Hidden was denied", true],
  },
  "a malformed document is no verdict": {
    facts: policy(customerManaged("broken", [{ Action: "dynamodb:GetItem", Resource: "*", Colour: "red" }])),
    expect: [
      "unread",
      "null policy/broken: policy broken is malformed: Statement[0].Colour is no element of a statement; use Sid, Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition (line 1, column 99)",
      true,
    ],
  },
});

/** Terraform's plans and states in JSON: addresses, modules, inline policies, and what only an apply will tell. */
import { describe, expect, it } from "vitest";
import { documentOf, documentsByName, type Json, problemsOf, search } from "./templates.ts";

const policy = JSON.stringify(documentOf("Orders"));
const todo = "apply the plan, then check what `terraform show -json > state.json` prints";

function resource(address: string, values: Json, more: Json = {}): Json {
  const [type = "", name = ""] = address.split(".").slice(-2);
  return { address, mode: "managed", type: type.replace(/\[.*/, ""), name, values, ...more };
}

function plan(resources: readonly unknown[], more: Json = {}): Json {
  return {
    format_version: "1.2",
    terraform_version: "1.11.4",
    planned_values: { root_module: { resources, ...more } },
  };
}

describe("a resource that is a policy is told by its address", () => {
  it.each<[string, string]>([
    ["aws_iam_policy", "policy"],
    ["aws_iam_role_policy", "policy"],
    ["aws_iam_user_policy", "policy"],
    ["aws_iam_group_policy", "policy"],
    ["aws_ssoadmin_permission_set_inline_policy", "inline_policy"],
  ])("%s", (type, attribute) => {
    expect(search(plan([resource(`${type}.orders`, { [attribute]: policy })]))).toEqual({
      policies: [{ policy: `${type}.orders`, text: policy, unresolved: [], places: expect.anything() }],
      problems: [],
    });
    expect(search(plan([resource(`${type}.orders`, {})])).policies).toEqual([
      {
        policy: `${type}.orders`,
        text: "null",
        unresolved: [`${attribute} is known only after an apply; ${todo}`],
        places: expect.anything(),
      },
    ]);
  });

  it.each<[string, Json]>([
    ["a data source", resource("data.aws_iam_policy.orders", { policy }, { mode: "data", type: "aws_iam_policy" })],
    ["a table's policy", resource("aws_dynamodb_resource_policy.orders", { policy })],
    ["a bucket's policy", resource("aws_s3_bucket_policy.orders", { policy })],
    ["who may assume a role", resource("aws_iam_role.orders", { assume_role_policy: policy })],
    ["a role without inline policies", resource("aws_iam_role.orders", { inline_policy: [] })],
    ["a role that is to have none", resource("aws_iam_role.orders", { inline_policy: [{ name: "", policy: "" }] })],
    [
      "the same as providers of old write it",
      resource("aws_iam_role.orders", { inline_policy: [{ name: null, policy: null }] }),
    ],
    ["an attachment", resource("aws_iam_role_policy_attachment.orders", { policy_arn: "arn" })],
  ])("but %s is none", (_, one) => {
    expect(search(plan([one, resource("aws_iam_policy.other", { policy })]))).toMatchObject({
      policies: [{ policy: "aws_iam_policy.other" }],
      problems: [],
    });
  });

  it("its text passes as it is, so that line and column of its faults hold", () => {
    const text = '{\n  "Version": "2012-10-17",\n  "Statement": [,]\n}';
    expect(search(plan([resource("aws_iam_policy.p", { policy: text })])).policies).toMatchObject([{ text }]);
  });
});

describe("inline policies of a role are told by its address and their names", () => {
  it.each<[string, unknown, string, string | null]>([
    ["one with a name", { name: "read", policy }, "read", policy],
    ["one whose name is not told", { policy }, "inline_policy[0]", policy],
    ["one that is not told", { name: "read" }, "read", null],
    ["one of which nothing is told", {}, "inline_policy[0]", null],
    ["one that is not told at all", null, "inline_policy[0]", null],
  ])("%s", (_, block, name, text) => {
    const [found] = search(plan([resource("aws_iam_role.r", { inline_policy: [block] })])).policies;
    expect(found).toEqual({
      policy: `aws_iam_role.r/${name}`,
      text: text ?? "null",
      unresolved: text === null ? [`policy is known only after an apply; ${todo}`] : [],
      places: expect.anything(),
    });
  });

  it("each of several", () => {
    const blocks = [{ name: "a", policy }, { policy }, { name: "c", policy }];
    expect(Object.keys(documentsByName(plan([resource("aws_iam_role.r", { inline_policy: blocks })])))).toEqual([
      "aws_iam_role.r/a",
      "aws_iam_role.r/inline_policy[1]",
      "aws_iam_role.r/c",
    ]);
  });
});

describe("modules", () => {
  const deep = {
    child_modules: [
      {
        address: 'module.shop["eu"]',
        resources: [
          resource('module.shop["eu"].aws_iam_policy.p[1]', { policy }, { type: "aws_iam_policy", index: 1 }),
        ],
        child_modules: [
          {
            address: 'module.shop["eu"].module.orders',
            resources: [resource('module.shop["eu"].module.orders.aws_iam_policy.q', { policy })],
          },
        ],
      },
      { address: "module.empty" },
    ],
  };

  it("in modules are searched, and the addresses are whole", () => {
    expect(Object.keys(documentsByName(plan([resource("aws_iam_policy.p", { policy })], deep)))).toEqual([
      "aws_iam_policy.p",
      'module.shop["eu"].aws_iam_policy.p[1]',
      'module.shop["eu"].module.orders.aws_iam_policy.q',
    ]);
  });
});

describe("which values count", () => {
  const before = { root_module: { resources: [resource("aws_iam_policy.old", { policy })] } };
  const after = plan([resource("aws_iam_policy.new", { policy })]);

  it("those planned, not those before", () => {
    const withPrior = { ...after, prior_state: { format_version: "1.0", values: before }, values: before };
    expect(Object.keys(documentsByName(withPrior))).toEqual(["aws_iam_policy.new"]);
  });

  it("those of a state", () => {
    const state = { format_version: "1.0", terraform_version: "1.11.4", values: before };
    expect(Object.keys(documentsByName(state))).toEqual(["aws_iam_policy.old"]);
  });

  it("of a plan that failed there may be more, which is a problem", () => {
    expect(problemsOf({ ...after, errored: false })).toEqual([]);
    expect(search({ ...after, errored: true })).toMatchObject({
      policies: [{ policy: "aws_iam_policy.new" }],
      problems: ["file: is a plan that failed, and may lack policies; mend what failed and plan again"],
    });
  });
});

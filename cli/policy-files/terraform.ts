/**
 * The identity policies of a Terraform plan or state as `terraform show -json` prints it. A value that is known only after
 * an apply is left out there.
 */
import type { JsonNode } from "../../lib/iam/json.ts";
import { type FoundPolicy, noDocument, type PoliciesFound } from "./found.ts";
import { itemsOf, memberOf, textOf } from "./nodes.ts";

/** By type, the attribute that is a policy document. */
const documentAttribute = new Map([
  ["aws_iam_policy", "policy"],
  ["aws_iam_role_policy", "policy"],
  ["aws_iam_user_policy", "policy"],
  ["aws_iam_group_policy", "policy"],
  ["aws_ssoadmin_permission_set_inline_policy", "inline_policy"],
]);

export function isTerraform(root: JsonNode): boolean {
  const isVersioned = memberOf(root, "format_version") !== undefined;
  return (
    isVersioned && ["planned_values", "values", "terraform_version"].some((name) => memberOf(root, name) !== undefined)
  );
}

export function policiesOfTerraform(root: JsonNode): PoliciesFound {
  const values = memberOf(root, "planned_values") ?? memberOf(root, "values");
  const hasFailed = textOf(memberOf(root, "errored")) === "true";
  return {
    policies: policiesOfModule(memberOf(values, "root_module")),
    problems: hasFailed ? ["is a plan that failed, and may lack policies; mend what failed and plan again"] : [],
  };
}

function policiesOfModule(module: JsonNode | undefined): readonly FoundPolicy[] {
  return [
    ...itemsOf(memberOf(module, "resources")).flatMap(policiesOfResource),
    ...itemsOf(memberOf(module, "child_modules")).flatMap(policiesOfModule),
  ];
}

function policiesOfResource(resource: JsonNode): readonly FoundPolicy[] {
  const found = (policy: string, document: JsonNode | undefined, attribute: string): FoundPolicy => ({
    ...foundOf(policy, document, attribute),
    // The document is a text in the plan: no place in it is one of the file.
    places: { document: document?.at ?? resource.at, statements: [] },
  });
  if (textOf(memberOf(resource, "mode")) === "data") return [];
  const address = textOf(memberOf(resource, "address")) ?? "";
  const type = textOf(memberOf(resource, "type")) ?? "";
  const values = memberOf(resource, "values");
  const attribute = documentAttribute.get(type);
  if (attribute !== undefined) return [found(address, memberOf(values, attribute), attribute)];
  if (type !== "aws_iam_role") return [];
  return itemsOf(memberOf(values, "inline_policy")).flatMap((block, index) => {
    const name = textOf(memberOf(block, "name"));
    const document = memberOf(block, "policy");
    // One empty block says that the role has no inline policies.
    if (!name && document !== undefined && !textOf(document)) return [];
    return [found(`${address}/${name || `inline_policy[${index}]`}`, document, "policy")];
  });
}

function foundOf(policy: string, document: JsonNode | undefined, attribute: string): Omit<FoundPolicy, "places"> {
  const text = textOf(document);
  if (text !== null) return { policy, text, unresolved: [] };
  const todo = "apply the plan, then check what `terraform show -json > state.json` prints";
  return { policy, text: noDocument, unresolved: [`${attribute} is known only after an apply; ${todo}`] };
}

/** The identity policies of a CloudFormation or SAM template. */
import { type JsonNode, repeatedNames } from "../../lib/iam/json.ts";
import { quoted } from "../../lib/parameters.ts";
import { Conditions } from "./conditions.ts";
import { type Case, foundIn, type PlacedDocument, split } from "./documents.ts";
import type { PoliciesFound } from "./found.ts";
import { entriesOf, jsonText, memberOf, pathText, textOf } from "./nodes.ts";
import { Resolver, type Template, templateOf } from "./resolver.ts";
import { isOfAnotherService, samDocument } from "./sam-policies.ts";

/** By type, the property that is a policy document. */
const documentProperty = new Map([
  ...["ManagedPolicy", "Policy", "RolePolicy", "UserPolicy", "GroupPolicy"].map(
    (type) => [`AWS::IAM::${type}`, "PolicyDocument"] as const,
  ),
  ["AWS::SSO::PermissionSet", "InlinePolicy"],
]);
const withInlinePolicies = ["AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"];
const withSamPolicies = ["AWS::Serverless::Function", "AWS::Serverless::StateMachine"];

export function isTemplate(root: JsonNode): boolean {
  return ["Resources", "AWSTemplateFormatVersion"].some((name) => memberOf(root, name) !== undefined);
}

/** @returns problems as the words after the file's name */
export function policiesOfTemplate(root: JsonNode): PoliciesFound {
  const [repeated] = repeatedNames(root);
  if (repeated !== undefined) {
    return { policies: [], problems: [`${pathText(repeated.path, "template")} ${repeated.message}; keep one`] };
  }
  const search = new Search(templateOf(root, new Conditions(root)));
  const policies = search.documents().flatMap((placed) => foundIn(placed, search.template));
  return { policies, problems: search.problems };
}

/** An item of a list of policies in one case of the conditions. */
interface Entry {
  readonly node: JsonNode;
  readonly place: string;
  readonly case: Case;
}

class Search {
  readonly template: Template;
  readonly problems: string[] = [];

  constructor(template: Template) {
    this.template = template;
  }

  documents(): readonly PlacedDocument[] {
    return [...this.template.resources].flatMap(([id, resource]) => {
      const type = textOf(memberOf(resource, "Type")) ?? "";
      this.#tellHidden(id, type, resource);
      const [first] = this.#casesOf(resource);
      return first === undefined ? [] : this.#documentsOf(id, type, memberOf(resource, "Properties"), first);
    });
  }

  /** A resource that depends on a condition is judged only as it is where that holds. */
  #casesOf(resource: JsonNode): readonly Case[] {
    const condition = textOf(memberOf(resource, "Condition"));
    const always: Case = { assumed: new Map(), told: [] };
    if (condition === null || !this.template.conditions.has(condition)) return [always];
    return split(always, condition, this.template)
      .filter(({ assumed }) => assumed.get(condition) === true)
      .map(({ assumed }) => ({ assumed, told: [] }));
  }

  #documentsOf(id: string, type: string, properties: JsonNode | undefined, first: Case): readonly PlacedDocument[] {
    const property = documentProperty.get(type);
    if (property !== undefined) {
      const document = memberOf(properties, property);
      if (document !== undefined) return [{ policy: id, document, case: first }];
      // Only a permission set may be without.
      if (property === "PolicyDocument") this.problems.push(`${id} has no PolicyDocument`);
      return [];
    }
    const isSam = withSamPolicies.includes(type);
    const policies = memberOf(properties, "Policies");
    if (policies === undefined || !(isSam || withInlinePolicies.includes(type))) return [];
    return this.#entriesOf({ node: policies, place: `${id}/Policies`, case: first }).flatMap((entry) => {
      const document = isSam ? this.#samDocumentOf(entry) : this.#inlineDocumentOf(entry, id);
      return document === null ? [] : [{ case: entry.case, ...document }];
    });
  }

  /** The items of a list, of the lists in it that a condition chooses, and a single one for itself. */
  #entriesOf(entry: Entry): readonly Entry[] {
    const { node, place } = entry;
    if (node.type === "array") {
      return node.items.flatMap((item, index) =>
        this.#entriesOf({ ...entry, node: item, place: `${place}[${index}]` }),
      );
    }
    const choice = memberOf(node, "Fn::If");
    const [condition, then, otherwise] = choice?.type === "array" ? choice.items : [];
    const name = textOf(condition);
    if (name === null || then === undefined || otherwise === undefined) return [entry];
    return split(entry.case, name, this.template).flatMap((one) =>
      this.#entriesOf({ node: one.assumed.get(name) ? then : otherwise, place, case: one }),
    );
  }

  #inlineDocumentOf({ node, place, case: { assumed } }: Entry, id: string): Omit<PlacedDocument, "case"> | null {
    const document = memberOf(node, "PolicyDocument");
    if (document === undefined) {
      if (!isNoValue(node)) this.problems.push(`${place} has no PolicyDocument`);
      return null;
    }
    const name = memberOf(node, "PolicyName");
    const resolved = name === undefined ? null : new Resolver(this.template, assumed).resolve(name);
    const text = textOf(resolved);
    return { policy: text === null ? place : `${id}/${text}`, document };
  }

  /** Names and ARNs of managed policies are no part of the file: nothing is said of them. */
  #samDocumentOf({ node, place }: Entry): Omit<PlacedDocument, "case"> | null {
    const [[name, given] = ["", node]] = entriesOf(node);
    if (node.type !== "object" || name === "Ref" || name.startsWith("Fn::")) return null;
    if (memberOf(node, "Statement") !== undefined) return { policy: place, document: node };
    if (isOfAnotherService(name)) return null;
    const document = samDocument(name, given);
    if (document === null) {
      this.problems.push(
        `${place} is ${quoted(name)}, which is no policy template of SAM; use a document with a Statement`,
      );
      return null;
    }
    if (!("missing" in document)) return { policy: `${place} ${name}`, document };
    this.problems.push(`${place} is ${name} without ${document.missing}; add it`);
    return null;
  }

  /** What CloudFormation makes policies of by means that are not in the file. */
  #tellHidden(id: string, type: string, resource: JsonNode): void {
    const processed = "check the processed template (aws cloudformation get-template --template-stage Processed)";
    const makes = (node: JsonNode | undefined, text: RegExp): boolean =>
      node !== undefined && text.test(jsonText(node));
    if (id.startsWith("Fn::ForEach") && makes(resource, /"AWS::(?:IAM|Serverless|SSO)::/)) {
      this.problems.push(`${id} makes resources in a loop; ${processed}`);
    } else if (id === "Fn::Transform" || memberOf(memberOf(resource, "Properties"), "Fn::Transform") !== undefined) {
      this.problems.push(`${id} is completed by Fn::Transform; ${processed}`);
    } else if (type === "AWS::Serverless::Connector" || memberOf(resource, "Connectors") !== undefined) {
      this.problems.push(`${id} has a connector, of which SAM makes policies; ${processed}`);
    } else if (type === "AWS::Serverless::GraphQLApi" && makes(resource, /"DynamoDb"/)) {
      this.problems.push(`${id} has data sources, of which SAM makes policies; ${processed}`);
    }
  }
}

function isNoValue(node: JsonNode): boolean {
  return textOf(memberOf(node, "Ref")) === "AWS::NoValue";
}

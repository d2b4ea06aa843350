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

/** None of them makes a policy that this search does not find or tell. */
const knownMacros = /^AWS::(?:Serverless-|LanguageExtensions$|CodeDeployBlueGreen$|SecretsManager-|ServiceCatalog$)/;

const checkProcessed = "check the processed template (aws cloudformation get-template --template-stage Processed)";

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
  search.tellMacros(memberOf(root, "Transform"));
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

  /** A macro may make anything of a template; of AWS's own it is known what. */
  tellMacros(transform: JsonNode | undefined): void {
    if (transform === undefined) return;
    for (const macro of transform.type === "array" ? transform.items : [transform]) {
      const name = textOf(macro) ?? textOf(memberOf(macro, "Name")) ?? jsonText(macro);
      if (knownMacros.test(name)) continue;
      this.problems.push(`template is completed by ${quoted(name)}; ${checkProcessed}`);
    }
  }

  documents(): readonly PlacedDocument[] {
    return [...this.template.resources].flatMap(([id, resource]) => {
      const type = textOf(memberOf(resource, "Type")) ?? "";
      this.#tellHidden(id, type, resource);
      const first = this.#caseOf(resource);
      return first === null ? [] : this.#documentsOf(id, type, memberOf(resource, "Properties"), first);
    });
  }

  /** A resource that depends on a condition is there only where that holds; null where it never does. */
  #caseOf(resource: JsonNode): Case | null {
    const condition = textOf(memberOf(resource, "Condition"));
    if (condition === null || !this.template.conditions.has(condition)) return { assumed: new Map(), told: [] };
    const assumed = new Map([[condition, true]]);
    return this.template.conditions.isPossible(assumed) ? { assumed, told: [] } : null;
  }

  #documentsOf(id: string, type: string, properties: JsonNode | undefined, first: Case): readonly PlacedDocument[] {
    const property = documentProperty.get(type);
    if (property !== undefined) {
      const document = memberOf(properties, property);
      if (document !== undefined) return [{ policy: id, document, at: document.at, case: first }];
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
    return { policy: text === null ? place : `${id}/${text}`, document, at: document.at };
  }

  /** Names and ARNs of managed policies are no part of the file: nothing is said of them. */
  #samDocumentOf({ node, place }: Entry): Omit<PlacedDocument, "case"> | null {
    const tell = (problem: string): null => {
      this.problems.push(`${place} ${problem}`);
      return null;
    };
    const members = entriesOf(node);
    const [[name, given] = ["", node]] = members;
    if (name === "Fn::Transform") return tell(`is made by Fn::Transform; ${checkProcessed}`);
    if (name === "Fn::If") return tell("has arguments of Fn::If that CloudFormation refuses; correct them");
    if (node.type !== "object" || name === "Ref" || name.startsWith("Fn::")) return null;
    if (members.has("Statement")) return { policy: place, document: node, at: node.at };
    if (members.size === 1 && isOfAnotherService(name)) return null;
    const document = members.size === 1 ? samDocument(name, given) : null;
    if (document === null) {
      const names = quoted([...members.keys()].join(", "));
      return tell(`holds ${names}, which SAM does not take; use a document with a Statement or a policy template`);
    }
    if ("missing" in document) return tell(`is ${name} without ${document.missing}; add it`);
    return { policy: `${place} ${name}`, document, at: node.at };
  }

  /** What CloudFormation makes policies of by means that are not in the file. */
  #tellHidden(id: string, type: string, resource: JsonNode): void {
    if (id.startsWith("Fn::ForEach") && /"AWS::(?:IAM|Serverless|SSO)::/.test(jsonText(resource))) {
      this.problems.push(`${id} makes resources in a loop; ${checkProcessed}`);
    } else if (id === "Fn::Transform" || isIncluded(resource) || isIncluded(memberOf(resource, "Properties"))) {
      this.problems.push(`${id} is completed by Fn::Transform; ${checkProcessed}`);
    } else if (type === "AWS::Serverless::Connector" || memberOf(resource, "Connectors") !== undefined) {
      this.problems.push(`${id} has a connector, of which SAM makes policies; ${checkProcessed}`);
    } else if (type === "AWS::Serverless::GraphQLApi" && /"DynamoDb"/.test(jsonText(resource))) {
      this.problems.push(`${id} has data sources, of which SAM makes policies; ${checkProcessed}`);
    }
  }
}

/** Whether a part of it, or the whole, is somewhere else. */
function isIncluded(node: JsonNode | undefined): boolean {
  return memberOf(node, "Fn::Transform") !== undefined;
}

function isNoValue(node: JsonNode): boolean {
  return textOf(memberOf(node, "Ref")) === "AWS::NoValue";
}

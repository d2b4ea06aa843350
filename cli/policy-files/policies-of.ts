/** The identity policies of a file, whose format is told by what it holds. Pure, and never throws. */
import { type JsonNode, positionOf, readJson } from "../../lib/iam/json.ts";
import { printable } from "../../lib/parameters.ts";
import { type PoliciesFound, placesIn } from "./found.ts";
import { memberOf } from "./nodes.ts";
import { isTemplate, policiesOfTemplate } from "./template.ts";
import { isTerraform, policiesOfTerraform } from "./terraform.ts";
import { readYaml } from "./yaml.ts";

const megabyte = 1024 * 1024;
const sizeLimit = 8 * megabyte;
/** CloudFormation takes no larger template; the parser of YAML is slow. */
const yamlLimit = megabyte;

const showPlan = "give its plan in JSON: `terraform plan -out plan`, then `terraform show -json plan > plan.json`";
/** A block as Terraform's language begins it. */
const terraformSource =
  /^[ \t]*(?:(?:resource|data|module|provider|variable|output)(?:[ \t]+"[^"\n]*"){1,2}|terraform|locals)[ \t]*\{/m;
/** Names that stand in every template and every plan, and in no policy. */
const formatNames = /\b(?:Resources|AWSTemplateFormatVersion|planned_values|format_version)\b/;

/** The text without the mark that some editors write at its beginning: places are counted without it. */
export function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, "");
}

/** @param file how problems name it */
export function policiesOf(file: string, text: string): PoliciesFound {
  const { policies, problems } = foundIn(withoutMark(text));
  const all = policies.length + problems.length > 0 ? problems : [noPolicy];
  return {
    policies: policies.map((found) => ({ ...found, policy: found.policy === null ? null : printable(found.policy) })),
    problems: all.map((problem) => printable(`${file}: ${problem}`)),
  };
}

const noPolicy = "no IAM policy found in it; give a policy, a CloudFormation template or a Terraform plan in JSON";

function foundIn(text: string): PoliciesFound {
  if (text.length > sizeLimit || Buffer.byteLength(text) > sizeLimit) {
    return only(`is longer than ${sizeLimit / megabyte} MB; give the policies in files of their own`);
  }
  if (text.startsWith("PK\u0003\u0004")) return only(`is a Terraform plan that is not in JSON; ${showPlan}`);
  if (text.includes("\0")) return only("is no text in UTF-8; save it as such");
  const json = readJson(text);
  if ("value" in json) return foundInJson(json.value, text);
  if (text.trim() === "") return only(noPolicy);
  if (!formatNames.test(text)) return bareOrSource(text);
  const yaml = foundInYaml(text);
  if (yaml !== null) return yaml;
  const { line, column } = positionOf(text, json.fault.at);
  return only(`${json.fault.message} (line ${line}, column ${column})`);
}

function foundInJson(root: JsonNode, text: string): PoliciesFound {
  const has = (name: string): boolean => memberOf(root, name) !== undefined;
  if (isTerraform(root)) return policiesOfTerraform(root);
  if (has("Statement")) return bareDocument(text);
  if (isTemplate(root)) return policiesOfTemplate(root);
  // Terraform's own files: the source in JSON, and the state.
  if (has("resource") || (has("resources") && has("terraform_version"))) {
    return only(`is no plan of Terraform; ${showPlan}`);
  }
  return has("Version") || has("statement") ? bareDocument(text) : only(noPolicy);
}

/** Null where it is no template in YAML, nor meant to be one. */
function foundInYaml(text: string): PoliciesFound | null {
  // A template in JSON whose text is at fault is no YAML either, but the fault is JSON's.
  const isBlock = !/^\s*[{[]/.test(text);
  if (text.length > yamlLimit) {
    return isBlock ? only(`is longer than ${yamlLimit / megabyte} MB; CloudFormation takes no such template`) : null;
  }
  const { value, fault } = readYaml(text);
  // First, since a template may hold Terraform's source as a text.
  if (fault === null) return isTemplate(value) ? policiesOfTemplate(value) : bareOrSource(text);
  if (terraformSource.test(text)) return bareOrSource(text);
  return isBlock ? only(fault) : null;
}

function bareOrSource(text: string): PoliciesFound {
  return terraformSource.test(text) ? only(`is Terraform's source; ${showPlan}`) : bareDocument(text);
}

/** Its faults are told by whoever parses it: text that is no JSON at all may be meant to be a policy. */
function bareDocument(text: string): PoliciesFound {
  const json = readJson(text);
  const places = "value" in json ? placesIn(json.value, json.value.at) : { document: 0, statements: [] };
  return { policies: [{ policy: null, text, unresolved: [], places }], problems: [] };
}

function only(problem: string): PoliciesFound {
  return { policies: [], problems: [problem] };
}

/** A policy document from text: every form of the grammar (IAM user guide), and what AWS would refuse named by its path. */
import {
  type Condition,
  type Element,
  type Operator,
  operators,
  type Policy,
  type PolicyKind,
  type PrincipalElement,
  type Statement,
} from "./policy.ts";

export interface PolicyFault {
  /** For example `Statement[2].Condition.StringLike`; empty for the document. */
  readonly path: string;
  readonly message: string;
}

export type Parsed = { readonly policy: Policy } | { readonly faults: readonly PolicyFault[] };

/** AWS keeps no longer document. */
const longest = 131_072;

/** Never throws, whatever the text. */
export function parsePolicy(text: string, kind: PolicyKind): Parsed {
  if (text.length > longest) return { faults: [{ path: "", message: `is longer than ${longest} characters` }] };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { faults: [{ path: "", message: `is no JSON: ${(error as Error).message}` }] };
  }
  const repeated = duplicateKey(text);
  if (repeated !== null) return { faults: [{ path: "", message: `has the name \`${repeated}\` twice in one object` }] };
  const reader = new Reader(kind);
  const policy = reader.document(json);
  return policy === null || reader.faults.length > 0 ? { faults: reader.faults } : { policy };
}

/** A document as IAM's API hands it out: URL-encoded, or plain. */
export function decodePolicyDocument(text: string): string {
  if (!/^\s*%7[bB]/.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

type Fields = Readonly<Record<string, unknown>>;

class Reader {
  readonly faults: PolicyFault[] = [];
  private readonly kind: PolicyKind;

  constructor(kind: PolicyKind) {
    this.kind = kind;
  }

  document(json: unknown): Policy | null {
    const fields = this.fields(json, "", ["Version", "Id", "Statement"]);
    if (fields === null) return null;
    const version = fields["Version"] ?? "2008-10-17";
    if (version !== "2012-10-17" && version !== "2008-10-17") {
      this.fault("Version", `is \`${String(version).slice(0, 40)}\`; AWS knows 2012-10-17 and 2008-10-17`);
      return null;
    }
    const given = fields["Statement"];
    if (given === undefined) this.fault("Statement", "is missing");
    const list = given === undefined ? [] : Array.isArray(given) ? given : [given];
    const statements = list.map((one, index) =>
      this.statement(one, index, Array.isArray(given) ? `Statement[${index}]` : "Statement"),
    );
    const sids = statements.flatMap((one) => one?.sid ?? []);
    if (this.kind === "identity" && new Set(sids).size < sids.length) this.fault("Statement", "has the same Sid twice");
    return { version, statements: statements.filter((one) => one !== null) };
  }

  private statement(json: unknown, index: number, path: string): Statement | null {
    const names = [
      "Sid",
      "Effect",
      "Action",
      "NotAction",
      "Resource",
      "NotResource",
      "Principal",
      "NotPrincipal",
      "Condition",
    ];
    const fields = this.fields(json, path, names);
    if (fields === null) return null;
    const { Effect: effect, Sid: sid = null } = fields as { Effect?: unknown; Sid?: unknown };
    if (effect !== "Allow" && effect !== "Deny") this.fault(`${path}.Effect`, "must be Allow or Deny");
    if (sid !== null && (typeof sid !== "string" || (this.kind === "identity" && !/^[A-Za-z0-9]*$/.test(sid)))) {
      this.fault(`${path}.Sid`, "must be letters and digits");
    }
    const action = this.element(fields, path, "Action");
    if (action === null) this.fault(path, "needs Action or NotAction");
    const resource = this.element(fields, path, "Resource");
    if (resource === null && this.kind === "identity") this.fault(path, "needs Resource or NotResource");
    const principal = this.principal(fields, path);
    const conditions = this.conditions(fields["Condition"], `${path}.Condition`);
    if (action === null || (effect !== "Allow" && effect !== "Deny")) return null;
    return {
      index,
      sid: sid === null || sid === "" ? null : String(sid),
      effect,
      action,
      resource,
      principal,
      conditions,
    };
  }

  private element(fields: Fields, path: string, name: "Action" | "Resource"): Element | null {
    const [plain, not] = [fields[name], fields[`Not${name}`]];
    if (plain !== undefined && not !== undefined) this.fault(path, `has both ${name} and Not${name}`);
    const given = plain ?? not;
    if (given === undefined) return null;
    const patterns = this.texts(given, `${path}.${plain === undefined ? "Not" : ""}${name}`);
    for (const pattern of patterns) {
      if (name === "Action" && pattern !== "*" && !/^[^:]+:.+$/.test(pattern))
        this.fault(`${path}.${name}`, `\`${pattern.slice(0, 80)}\` names no service`);
    }
    return { not: plain === undefined, patterns };
  }

  private principal(fields: Fields, path: string): PrincipalElement | null {
    const [plain, not] = [fields["Principal"], fields["NotPrincipal"]];
    const given = plain ?? not;
    if (this.kind === "identity") {
      if (given !== undefined) this.fault(path, "has a Principal, which an identity policy cannot have");
      return null;
    }
    if (given === undefined) this.fault(path, "needs a Principal");
    if (plain !== undefined && not !== undefined) this.fault(path, "has both Principal and NotPrincipal");
    if (given === "*") return { not: plain === undefined, principals: [{ type: "AWS", value: "*" }] };
    const byType =
      given === undefined
        ? null
        : this.fields(given, `${path}.Principal`, ["AWS", "Service", "Federated", "CanonicalUser"]);
    const principals = Object.entries(byType ?? {}).flatMap(([type, values]) =>
      this.texts(values, `${path}.Principal.${type}`).map((value) => {
        if (value !== "*" && /[*?]/.test(value))
          this.fault(`${path}.Principal.${type}`, "has a wildcard, which only `*` alone may be");
        return { type: type as PrincipalElement["principals"][number]["type"], value };
      }),
    );
    return { not: plain === undefined, principals };
  }

  private conditions(given: unknown, path: string): readonly Condition[] {
    if (given === undefined) return [];
    const blocks = this.fields(given, path, null);
    return Object.entries(blocks ?? {}).flatMap(([written, keys]) => {
      const operator = operatorOf(written);
      if (operator === null) {
        this.fault(`${path}.${written.slice(0, 60)}`, "is no condition operator");
        return [];
      }
      return Object.entries(this.fields(keys, `${path}.${written}`, null) ?? {}).map(([key, values]) => ({
        ...operator,
        key,
        values: this.texts(values, `${path}.${written}.${key}`, true),
      }));
    });
  }

  private fields(given: unknown, path: string, names: readonly string[] | null): Fields | null {
    if (typeof given !== "object" || given === null || Array.isArray(given)) {
      this.fault(path, "must be an object");
      return null;
    }
    for (const name of Object.keys(given)) {
      if (names !== null && !names.includes(name))
        this.fault(path === "" ? name : `${path}.${name}`.slice(0, 200), "is no element of a policy");
    }
    return given as Fields;
  }

  private texts(given: unknown, path: string, scalars = false): readonly string[] {
    const list: readonly unknown[] = Array.isArray(given) ? given : [given];
    return list.flatMap((value) => {
      if (typeof value === "string") return [value];
      if (scalars && (typeof value === "number" || typeof value === "boolean")) return [String(value)];
      this.fault(path, "must be text, or a list of texts");
      return [];
    });
  }

  private fault(path: string, message: string): void {
    this.faults.push({ path, message });
  }
}

function operatorOf(written: string): Pick<Condition, "operator" | "set" | "ifExists"> | null {
  const parts = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(written);
  const operator = operators.find((one) => one === parts?.[2]);
  if (parts === null || operator === undefined || (operator === "Null" && parts[3] !== undefined)) return null;
  return {
    operator: operator as Operator,
    set: (parts[1] as Condition["set"] | undefined) ?? null,
    ifExists: parts[3] !== undefined,
  };
}

/** A name that stands twice in one object of this JSON, which `JSON.parse` keeps silent about. */
function duplicateKey(text: string): string | null {
  const names: (Set<string> | null)[] = [];
  const token = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/g;
  let previous: string | null = null;
  for (const [found] of text.matchAll(token)) {
    if (found === "{") names.push(new Set());
    else if (found === "[") names.push(null);
    else if (found === "}" || found === "]") names.pop();
    else if (found === ":" && previous !== null) {
      const name = JSON.parse(previous) as string;
      const seen = names.at(-1);
      if (seen?.has(name)) return name;
      seen?.add(name);
    }
    previous = found.startsWith('"') ? found : null;
  }
  return null;
}

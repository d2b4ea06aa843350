/**
 * Plain evaluation of one concrete request, straight from AWS's rules (IAM user guide, policy evaluation logic): an
 * explicit Deny anywhere ends it; then every limit that is there must allow (boundary, endpoint), and there must be a
 * grant: by the identity's policies, by the resource's own, or, from another account, by both.
 */
import { type ActionSet, actionNamed, actionsNamed, includes, isEverything } from "./actions.ts";
import { type CompiledCondition, compileCondition, holds } from "./conditions.ts";
import { keyName } from "./keys.ts";
import { codesOf, matches } from "./pattern.ts";
import type { Element, Policy, Statement } from "./policy.ts";
import { addressedTo, type Door, type Principal, principalOf, waysOf } from "./principals.ts";
import { rememberedFor } from "./remember.ts";
import type { Request } from "./request.ts";
import { type Fill, patternOf, resourceTokens, type Token } from "./tokens.ts";
import { asciiLower, matchesWildcard } from "./wildcard.ts";

export interface NamedPolicy {
  readonly name: string;
  readonly policy: Policy;
}

/** What decides about an identity: its own, attached and group policies, and the boundary that cuts them. */
export interface PolicySet {
  readonly identity: readonly NamedPolicy[];
  readonly boundary: NamedPolicy | null;
  /** The policy of the resource that is asked for, where it has one. */
  readonly resource?: AttachedPolicy;
  /** The policy of the VPC endpoint that the request comes through. */
  readonly endpoint?: EndpointPolicy;
}

/** A resource-based policy, which is about what it is attached to, whatever else its statements name. */
export interface AttachedPolicy extends NamedPolicy {
  /** The ARN of a table, whose indexes are meant too, or of a stream. */
  readonly attachedTo: string;
}

export interface EndpointPolicy extends NamedPolicy {
  readonly type: "Gateway" | "Interface";
}

/** The identity's policies, and the boundary behind them: of a resource and an endpoint other rules hold. */
export function allPolicies({ identity, boundary }: PolicySet): readonly NamedPolicy[] {
  return boundary === null ? identity : [...identity, boundary];
}

export interface Decision {
  readonly allowed: boolean;
  /** The Allow statements that grant it, `policy/Sid` or `policy/#index`. */
  readonly allowedBy: readonly string[];
  readonly deniedBy: readonly string[];
}

export function isAllowed(asked: Request, policies: PolicySet): Decision {
  const { identity, boundary, resource, endpoint } = policies;
  const caller = resource === undefined && endpoint === undefined ? null : principalOf(asked);
  const door: Door = endpoint?.type === "Gateway" ? "gateway" : "resource";
  const ofResource = caller !== null && resource !== undefined && covers(resource, asked.resource) ? [resource] : [];
  const attached = ofResource.map((one) => spokenTo(one, caller, "resource"));
  const through = endpoint === undefined ? null : spokenTo(endpoint, caller, door);
  const named = (effect: Statement["effect"], some: readonly NamedPolicy[]): readonly string[] =>
    applying(asked, effect, some).map(nameOf);

  const outer = through === null ? attached : [...attached, through];
  const deniedBy = named("Deny", [...allPolicies(policies), ...outer]);
  const limits = named("Allow", boundary === null ? [] : [boundary]);
  const isWithin = boundary === null || limits.length > 0;
  const granted = isWithin ? named("Allow", identity) : [];
  const passes = through === null ? [] : named("Allow", [through]);
  const grants = grantsOf(applying(asked, "Allow", attached), caller, isWithin);

  const isGranted = caller === null ? granted.length > 0 : holdsGrant(asked, caller, granted.length > 0, grants);
  const allowed = deniedBy.length === 0 && isGranted && (through === null || passes.length > 0);
  const own = granted.length > 0 ? [...granted, ...limits] : [];
  const given = caller === null || isOfOwner(asked, caller) ? grants.alone : [...grants.alone, ...grants.beside];
  const allowedBy = allowed ? [...own, ...given.map(nameOf), ...passes] : [];
  return { allowed, allowedBy, deniedBy };
}

/** A table's policy is about its indexes too; a stream's policy about the stream alone, which a table's never is. */
function covers({ attachedTo }: AttachedPolicy, resource: string): boolean {
  return resource === attachedTo || resource.startsWith(`${attachedTo}/index/`);
}

function spokenTo<Named extends NamedPolicy>(named: Named, caller: Principal | null, door: Door): Named {
  return caller === null ? named : { ...named, policy: addressedTo(named.policy, caller, door) };
}

/** The Allows of a resource's policy: those that need nothing of the caller's own policies, and those beside them. */
interface Grants {
  readonly alone: readonly Standing[];
  readonly beside: readonly Standing[];
}

/** A grant to a role is cut by the boundary, one to an account's principals is that account's to pass on; all others, to a
 * user, a session or everyone, ask nothing more (IAM user guide, evaluation within a single account). */
function grantsOf(standing: readonly Standing[], caller: Principal | null, isWithin: boolean): Grants {
  const isAlone = ({ policy, statement }: Standing): boolean => {
    const written = policy.policy.statements.find(({ index }) => index === statement.index);
    if (written === undefined || caller === null) return false;
    const ways = waysOf(written, caller, "resource");
    const byAccount = caller.kind === "root";
    return ways.some((way) => (way === "account" ? byAccount : way === "role" ? isWithin : true));
  };
  const { alone = [], beside = [] } = Object.groupBy(standing, (one) => (isAlone(one) ? "alone" : "beside"));
  return { alone, beside };
}

/** Whether there is a grant. Between accounts both must give it; a service, or nobody, has no policies of its own. */
function holdsGrant(asked: Request, caller: Principal, isGranted: boolean, { alone, beside }: Grants): boolean {
  const { kind } = caller;
  if (kind === "service" || kind === "anonymous") return alone.length > 0;
  // A root user has no policies, and needs none in its own account.
  const isOwn = isGranted || kind === "root";
  return isOfOwner(asked, caller) ? isOwn || alone.length > 0 : isOwn && alone.length + beside.length > 0;
}

/** Whether the caller is of the resource's account; what names no resource is the caller's own account's. */
function isOfOwner({ resource }: Request, { accountId }: Principal): boolean {
  return accountId === (resource.split(":")[4] || accountId);
}

function nameOf({ policy, statement }: Standing): string {
  return statementName(policy.name, statement);
}

/** A statement, and the policy in which it stands. */
export interface Standing {
  readonly policy: NamedPolicy;
  readonly statement: CompiledStatement;
}

/** The statements of one effect that apply to the request. */
export function applying(
  asked: Request,
  effect: Statement["effect"],
  policies: readonly NamedPolicy[],
): readonly Standing[] {
  const context = new Map([...asked.context].map(([key, values]) => [keyName(key), values]));
  const request: Request = { ...asked, context };
  return policies.flatMap((policy) =>
    compiledStatements(policy.policy)
      .filter((statement) => statement.effect === effect && applies(statement, request))
      .map((statement) => ({ policy, statement })),
  );
}

/** `policy/Sid`, or `policy/#index` without one; a bare document has no name before it. */
export function statementName(policyName: string, { sid, index }: Pick<Statement, "sid" | "index">): string {
  return `${policyName === "" ? "" : `${policyName}/`}${sid ?? `#${index}`}`;
}

/** A statement with everything parsed that does not depend on the request. */
export interface CompiledStatement extends Pick<Statement, "index" | "sid" | "effect"> {
  readonly action: Element;
  /** The actions of DynamoDB that its Action or NotAction element stands for. */
  readonly named: ActionSet;
  readonly resource: { readonly not: boolean; readonly tokens: readonly (readonly Token[])[] };
  readonly conditions: readonly CompiledCondition[];
}

/** Compiled when it is asked about: most statements of an account speak of other services, and of nothing here. */
class LazyStatement implements CompiledStatement {
  readonly index: number;
  readonly sid: string | null;
  readonly effect: Statement["effect"];
  readonly action: Element;
  readonly named: ActionSet;
  private readonly statement: Statement;
  private readonly variables: boolean;
  private knownResource: CompiledStatement["resource"] | null = null;
  private knownConditions: readonly CompiledCondition[] | null = null;

  constructor(statement: Statement, variables: boolean) {
    this.index = statement.index;
    this.sid = statement.sid;
    this.effect = statement.effect;
    this.action = statement.action;
    this.named = actionsNamed(statement.action);
    this.statement = statement;
    this.variables = variables;
  }

  get resource(): CompiledStatement["resource"] {
    const { resource } = this.statement;
    this.knownResource ??= {
      not: resource?.not ?? false,
      tokens: (resource?.patterns ?? ["*"]).map((source) => resourceTokens(source, this.variables)),
    };
    return this.knownResource;
  }

  get conditions(): readonly CompiledCondition[] {
    this.knownConditions ??= this.statement.conditions.map((condition) => compileCondition(condition, this.variables));
    return this.knownConditions;
  }
}

/** The statements of a policy, compiled once: also those that it has in common with a part of itself. */
export const compiledStatements = rememberedFor((policy: Policy): readonly CompiledStatement[] => {
  const compiled = policy.version === "2012-10-17" ? withVariables : asText;
  return policy.statements.map(compiled);
});

const withVariables = rememberedFor((statement: Statement) => new LazyStatement(statement, true));
const asText = rememberedFor((statement: Statement) => new LazyStatement(statement, false));

/** Whether a statement speaks of an action, given in AWS's spelling. */
export function speaksOf({ action, named }: CompiledStatement, asked: string): boolean {
  const known = actionNamed(asked);
  return known === null ? namesAction(action.patterns, asked) !== action.not : includes(named, known);
}

/** Whether an action of any service is named by patterns. Letter case does not count; a wildcard in the service prefix
 * names nothing, but `*` alone is everything. */
function namesAction(patterns: readonly string[], action: string): boolean {
  return patterns.some((source) => {
    if (isEverything(source)) return true;
    const [service = "", name] = asciiLower(source).split(":");
    if (name === undefined || /[*?]/.test(service)) return false;
    return matchesWildcard(`${service}:${name}`, asciiLower(action));
  });
}

function applies(statement: CompiledStatement, { action, resource, context }: Request): boolean {
  if (!speaksOf(statement, action)) return false;
  const fill: Fill = (key, fallback) => {
    const values = context.get(key);
    if (values === undefined) return fallback === null ? null : codesOf(fallback);
    return values.length === 1 ? codesOf(values[0] ?? "") : null;
  };
  const text = codesOf(resource);
  const named = statement.resource.tokens.some((tokens) => {
    const pattern = patternOf(tokens, isStar(tokens) ? "like" : "arn", false, fill);
    return pattern !== null && matches(pattern, text);
  });
  if (named === statement.resource.not) return false;
  return statement.conditions.every((condition) => holds(condition, context.get(condition.key)?.map(codesOf), fill));
}

/** The tokens of a Resource that is `*` alone, which crosses every segment. */
export function isStar(tokens: readonly Token[]): boolean {
  return tokens.length === 1 && tokens[0]?.kind === "run";
}

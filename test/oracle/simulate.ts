/**
 * Asks an independent simulator (`@cloud-copilot/iam-simulate`, AGPL, a package of its own in `simulator/`) about one
 * request. Loaded at run time and typed here, so that neither its code nor its types reach anything else.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Request } from "../../lib/iam/request.ts";

export interface PolicySet {
  /** JSON documents: inline, attached and groups' policies alike. */
  readonly identityPolicies: readonly string[];
  readonly boundary?: string;
  readonly resourcePolicy?: string;
  /** Of the VPC endpoint that the request comes through. */
  readonly endpointPolicy?: string;
}

export type Answer = "Allowed" | "ExplicitlyDenied" | "ImplicitlyDenied" | { readonly invalid: string };

interface NamedPolicy {
  readonly name: string;
  readonly policy: unknown;
}

interface Simulation {
  readonly request: {
    readonly principal: string;
    readonly action: string;
    readonly resource: { readonly resource: string; readonly accountId: string };
    readonly contextVariables: Readonly<Record<string, string | readonly string[]>>;
  };
  readonly identityPolicies: readonly NamedPolicy[];
  readonly permissionBoundaryPolicies?: readonly NamedPolicy[];
  readonly resourcePolicy?: unknown;
  readonly vpcEndpointPolicies?: readonly NamedPolicy[];
  readonly serviceControlPolicies: readonly [];
  readonly resourceControlPolicies: readonly [];
}

type Result = Exclude<Answer, object>;

/** What is used of the package; `Strict` is its mode of plain evaluation. */
interface Simulator {
  runSimulation(
    simulation: Simulation,
    options: { readonly simulationMode: "Strict" },
  ): Promise<
    | { readonly resultType: "error"; readonly errors: unknown }
    | {
        readonly resultType: "single";
        readonly overallResult: Result;
        readonly result: { readonly ignoredContextKeys: readonly string[] };
      }
    | { readonly resultType: "wildcard" }
  >;
  runUnsafeSimulation(simulation: Simulation, options: object): Result;
  typeForContextKey(key: string): Promise<string>;
}

let simulator: Simulator | undefined;
const kinds = new Map<string, "single" | "multiple" | "unknown">();

/**
 * Keys that DynamoDB requests carry although the package's data attaches them to no such action, by reference:
 * partition-key keys are interchangeable with LeadingKeys, EnclosingOperation stands beside ConditionCheckItem in the
 * developer guide's own example, and a federated session carries its provider's keys to every service.
 */
const carriedAllTheSame =
  /^(dynamodb:((first|second|third|fourth)partitionkeyvalues|enclosingoperation)|saml:.+|(cognito-identity\.amazonaws\.com|www\.amazon\.com|graph\.facebook\.com|accounts\.google\.com):.+)$/;

/** Who asks where a bare document is judged: somebody of the resource's account. */
const nobodyInParticular = "user/anybody";
const defaultAccount = "123456789012";

/**
 * The simulator's answer. It drops context keys that an action does not carry, and all but the first value of a
 * single-valued key, without an error; here both are `invalid`, since the answer would be about another request.
 */
export async function simulate(asked: PolicySet & { readonly request: Request }): Promise<Answer> {
  const { request } = asked;
  if (request.resource !== "*" && request.resource.includes("*")) {
    return { invalid: "a resource with a wildcard is a question about many requests" };
  }
  const contextVariables: Record<string, string | readonly string[]> = {};
  for (const [key, values] of request.context) {
    const kind = await kindOf(key);
    if (kind === "unknown") return { invalid: `no context key is called ${key}` };
    if (kind === "single" && values.length !== 1) return { invalid: `${key} holds one value, not ${values.length}` };
    contextVariables[key] = kind === "single" ? String(values[0]) : values;
  }
  const account = request.resource.split(":")[4] || request.principal?.split(":")[4] || defaultAccount;
  try {
    return await run({
      request: {
        principal: request.principal ?? `arn:aws:iam::${account}:${nobodyInParticular}`,
        action: request.action,
        resource: { resource: request.resource, accountId: account },
        contextVariables,
      },
      identityPolicies: asked.identityPolicies.map((text, index) => ({ name: `#${index}`, policy: JSON.parse(text) })),
      ...(asked.boundary === undefined
        ? {}
        : { permissionBoundaryPolicies: [{ name: "boundary", policy: JSON.parse(asked.boundary) }] }),
      ...(asked.resourcePolicy === undefined ? {} : { resourcePolicy: JSON.parse(asked.resourcePolicy) }),
      ...(asked.endpointPolicy === undefined
        ? {}
        : { vpcEndpointPolicies: [{ name: "endpoint", policy: JSON.parse(asked.endpointPolicy) }] }),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    });
  } catch (error) {
    return { invalid: `the simulator threw: ${(error as Error).message}` };
  }
}

async function run(simulation: Simulation): Promise<Answer> {
  const answer = await load().runSimulation(simulation, { simulationMode: "Strict" });
  if (answer.resultType === "error") return { invalid: JSON.stringify(answer.errors) };
  if (answer.resultType === "wildcard") return { invalid: "this action needs the ARN of a resource" };
  const ignored = answer.result.ignoredContextKeys;
  if (ignored.length === 0) return answer.overallResult;
  const foreign = ignored.filter((key) => !carriedAllTheSame.test(key));
  if (foreign.length > 0) return { invalid: `${simulation.request.action} does not carry ${foreign.join(", ")}` };
  if (simulation.request.resource.resource === "*") {
    return { invalid: `no answer for ${ignored.join(", ")} on an action without a resource` };
  }
  // The same evaluation without the check of keys; policies, action and resource have passed theirs above.
  return load().runUnsafeSimulation(simulation, {});
}

async function kindOf(key: string): Promise<"single" | "multiple" | "unknown"> {
  const known = kinds.get(key);
  if (known !== undefined) return known;
  const kind = await load()
    .typeForContextKey(key)
    .then(
      // Cognito's amr is a list (its data says String).
      (type) => (type.startsWith("ArrayOf") || key.endsWith(".com:amr") ? "multiple" : "single"),
      () => "unknown" as const,
    );
  kinds.set(key, kind);
  return kind;
}

function load(): Simulator {
  simulator ??= createRequire(join(import.meta.dirname, "simulator/package.json"))(
    "@cloud-copilot/iam-simulate",
  ) as Simulator;
  return simulator;
}

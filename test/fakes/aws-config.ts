/**
 * A small strict AWS Config on loopback: it stores evaluations, holds callers to the service's limits, and can be told
 * to throttle, to fail some entries, or to cut the connection. Limits are those of the botocore model and the service.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Stored {
  readonly complianceType: string;
  readonly annotation: string | null;
  readonly orderingTimestamp: number;
  readonly recordedAt: number;
}

interface PutEvaluations {
  readonly ResultToken?: string;
  readonly TestMode?: boolean;
  readonly Evaluations?: readonly Evaluation[];
}

interface Evaluation {
  readonly ComplianceResourceType?: string;
  readonly ComplianceResourceId?: string;
  readonly ComplianceType?: string;
  readonly Annotation?: string;
  readonly OrderingTimestamp?: number;
}

/** What the next PutEvaluations calls do instead of storing all; `failed` picks the entries that come back as failed. */
export type Mishap = "throttle" | "cut" | "denied" | { readonly failed: (id: string) => boolean };

export interface FakeConfig {
  readonly url: string;
  /** Evaluations by `type id`. */
  readonly stored: Map<string, Stored>;
  /** Annotations of the NOT_APPLICABLE results that were taken, by `type id`. */
  readonly notApplicable: Map<string, string | null>;
  /** The sizes of the lists of evaluations that were taken. */
  readonly batches: number[];
  readonly calls: string[];
  readonly mishaps: Mishap[];
  /** Ids whose evaluation makes the service refuse the whole list. */
  readonly invalidIds: Set<string>;
  stop(): Promise<void>;
}

export const ruleName = "dynamodb-table-encryption";
export const resultToken = "a-token-that-config-made";
const pageSize = 100;

class Refusal extends Error {
  readonly type: string;
  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

export async function startFakeConfig(): Promise<FakeConfig> {
  const fake = {
    stored: new Map<string, Stored>(),
    notApplicable: new Map<string, string | null>(),
    batches: [] as number[],
    calls: [] as string[],
    mishaps: [] as Mishap[],
    invalidIds: new Set<string>(),
  };
  const server = createServer((request, response) => {
    answer(fake, request, response).catch((error: unknown) => {
      const refusal = error instanceof Refusal ? error : new Refusal("InternalFailure", String(error));
      const status = refusal.type === "InternalFailure" ? 500 : 400;
      response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify({ __type: refusal.type, message: refusal.message }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    ...fake,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

type State = Omit<FakeConfig, "url" | "stop">;

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const input = JSON.parse(Buffer.concat(chunks).toString()) as PutEvaluations & Record<string, unknown>;
  const operation = String(request.headers["x-amz-target"]).replace("StarlingDoveService.", "");
  state.calls.push(operation);
  if (operation === "PutEvaluations") {
    const mishap = state.mishaps.shift();
    if (mishap === "cut") {
      request.socket.destroy();
      return;
    }
    if (mishap === "throttle") throw new Refusal("ThrottlingException", "Rate exceeded");
    if (mishap === "denied")
      throw new Refusal("AccessDeniedException", "User is not authorized to perform: config:PutEvaluations");
    reply(response, put(state, input, mishap?.failed ?? (() => false)));
  } else if (operation === "GetComplianceDetailsByConfigRule") reply(response, details(state, input));
  else if (operation === "DescribeConfigRuleEvaluationStatus")
    reply(response, status(input as { readonly ConfigRuleNames?: readonly string[] }));
  else throw new Refusal("InvalidAction", `${operation} is not made here`);
}

function reply(response: ServerResponse, body: object): void {
  response.writeHead(200, { "content-type": "application/x-amz-json-1.1" });
  response.end(JSON.stringify(body));
}

function put(
  state: State,
  { ResultToken, TestMode, Evaluations = [] }: PutEvaluations,
  fails: (id: string) => boolean,
): object {
  if (ResultToken === undefined || ResultToken === "")
    throw new Refusal("ValidationException", "resultToken must not be null");
  if (TestMode !== true && ResultToken !== resultToken)
    throw new Refusal("InvalidResultTokenException", "The result token is invalid");
  if (Evaluations.length > 100)
    throw new Refusal("ValidationException", "evaluations must have length less than or equal to 100");
  for (const evaluation of Evaluations) hold(state, evaluation);
  const failed = Evaluations.filter(({ ComplianceResourceId = "" }) => fails(ComplianceResourceId));
  if (TestMode !== true) {
    for (const evaluation of Evaluations) if (!failed.includes(evaluation)) store(state, evaluation);
  }
  state.batches.push(Evaluations.length);
  return { FailedEvaluations: failed };
}

function hold(state: State, evaluation: Evaluation): void {
  const {
    ComplianceResourceType = "",
    ComplianceResourceId = "",
    ComplianceType = "",
    Annotation,
    OrderingTimestamp,
  } = evaluation;
  const within = (text: string, limit: number): boolean => text.length >= 1 && text.length <= limit;
  if (!within(ComplianceResourceType, 256))
    throw new Refusal("ValidationException", "complianceResourceType: 1 to 256");
  if (!within(ComplianceResourceId, 768)) throw new Refusal("ValidationException", "complianceResourceId: 1 to 768");
  if (Annotation !== undefined && !within(Annotation, 256))
    throw new Refusal("ValidationException", "annotation: 1 to 256");
  if (typeof OrderingTimestamp !== "number")
    throw new Refusal("ValidationException", "orderingTimestamp must not be null");
  if (!["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"].includes(ComplianceType)) {
    throw new Refusal("InvalidParameterValueException", `ComplianceType ${ComplianceType} is not accepted`);
  }
  if (!/^AWS::(\w+|)::\w+$/.test(ComplianceResourceType) || state.invalidIds.has(ComplianceResourceId)) {
    throw new Refusal(
      "InvalidParameterValueException",
      `${ComplianceResourceType} ${ComplianceResourceId} is not valid`,
    );
  }
}

// A result that is older than the stored one does not replace it; NOT_APPLICABLE ones are cleaned up.
function store({ stored, notApplicable }: State, evaluation: Evaluation): void {
  const {
    ComplianceResourceType,
    ComplianceResourceId,
    ComplianceType = "",
    Annotation,
    OrderingTimestamp = 0,
  } = evaluation;
  const key = `${ComplianceResourceType} ${ComplianceResourceId}`;
  if ((stored.get(key)?.orderingTimestamp ?? 0) > OrderingTimestamp) return;
  if (ComplianceType === "NOT_APPLICABLE") {
    stored.delete(key);
    notApplicable.set(key, Annotation ?? null);
  } else
    stored.set(key, {
      complianceType: ComplianceType,
      annotation: Annotation ?? null,
      orderingTimestamp: OrderingTimestamp,
      recordedAt: Date.now() / 1000,
    });
}

function status({ ConfigRuleNames = [] }: { readonly ConfigRuleNames?: readonly string[] }): object {
  if (ConfigRuleNames.length > 25) throw new Refusal("ValidationException", "configRuleNames: 0 to 25");
  if (!ConfigRuleNames.every((name) => name.includes(ruleName)))
    throw new Refusal("NoSuchConfigRuleException", "The ConfigRule provided in the request is invalid");
  const LastSuccessfulInvocationTime = Date.now() / 1000;
  return {
    ConfigRulesEvaluationStatus: ConfigRuleNames.map((ConfigRuleName) => ({
      ConfigRuleName,
      FirstEvaluationStarted: true,
      LastSuccessfulInvocationTime,
    })),
  };
}

function details({ stored }: State, input: Record<string, unknown>): object {
  const {
    ConfigRuleName,
    ComplianceTypes = [],
    Limit = 10,
    NextToken,
  } = input as {
    ConfigRuleName?: string;
    ComplianceTypes?: readonly string[];
    Limit?: number;
    NextToken?: string;
  };
  if (ConfigRuleName === undefined || ConfigRuleName.length > 64)
    throw new Refusal("ValidationException", "configRuleName: 1 to 64");
  if (!ConfigRuleName.includes(ruleName))
    throw new Refusal("NoSuchConfigRuleException", "The ConfigRule provided in the request is invalid");
  if (Limit > 100) throw new Refusal("ValidationException", "limit must be less than or equal to 100");
  if (ComplianceTypes.length > 3 || ComplianceTypes.includes("INSUFFICIENT_DATA"))
    throw new Refusal("InvalidParameterValueException", "complianceTypes");
  const start = Number(NextToken ?? 0);
  const matching = [...stored].filter(
    ([, { complianceType }]) => ComplianceTypes.length === 0 || ComplianceTypes.includes(complianceType),
  );
  const page = matching.slice(start, start + Math.min(Limit, pageSize));
  return {
    EvaluationResults: page.map(([key, { complianceType, annotation, orderingTimestamp, recordedAt }]) => {
      const [ResourceType, ResourceId] = key.split(" ");
      return {
        EvaluationResultIdentifier: {
          EvaluationResultQualifier: { ConfigRuleName, ResourceType, ResourceId },
          OrderingTimestamp: orderingTimestamp,
        },
        ComplianceType: complianceType,
        ResultRecordedTime: recordedAt,
        ConfigRuleInvokedTime: recordedAt,
        ...(annotation === null ? {} : { Annotation: annotation }),
      };
    }),
    ...(start + page.length < matching.length ? { NextToken: String(start + page.length) } : {}),
  };
}

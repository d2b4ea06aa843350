/** IAM's service last accessed details: a job for each user, many beside each other within IAM's rates. */
import {
  GenerateServiceLastAccessedDetailsCommand,
  GetServiceLastAccessedDetailsCommand,
  type GetServiceLastAccessedDetailsCommandOutput,
  IAMClient,
} from "@aws-sdk/client-iam";
import type { Fact } from "../rule.ts";
import { malformed, unreadFrom } from "./fact.ts";
import type { PrincipalFacts } from "./iam-facts.ts";
import { paced } from "./pace.ts";
import { untilDone } from "./poll.ts";
import type { Session } from "./session.ts";
import type { ServiceUse } from "./static-key-facts.ts";

/** Calls a second. IAM does not tell its own; these keep a large account from being throttled. */
const generateRate = 5;
const getRate = 5;
/** A job is done in seconds; where many wait in line, each is asked about less often. */
const mostPolls = 150;
const pageSize = 1_000;

const generateCall = "iam:GenerateServiceLastAccessedDetails";
const getCall = "iam:GetServiceLastAccessedDetails";

/** What is told of a user's requests to these services, by namespace. One that is missing is not allowed to the user by
 * identity policies today, which says nothing of the past.
 * @param services namespaces: `dynamodb` */
export function lastAccessedReader(session: Session, services: readonly string[]) {
  const client = session.client(IAMClient);
  const generateInTurn = paced(generateRate, session.signal);
  const getInTurn = paced(getRate, session.signal);
  const get = (JobId: string, Marker?: string): Promise<GetServiceLastAccessedDetailsCommandOutput> => {
    const input = { JobId, MaxItems: pageSize, ...(Marker === undefined ? {} : { Marker }) };
    return client.send(getInTurn(new GetServiceLastAccessedDetailsCommand(input)));
  };

  return async ({ arn, name }: Pick<PrincipalFacts, "arn" | "name">): Promise<Fact<readonly ServiceUse[]>> => {
    const subject = `user ${name}`;
    let call = generateCall;
    const because = (message: string, lasting: boolean) => ({
      unread: { call, message: `on ${subject} ${message}`, lasting },
    });
    const lacks = (missing: string) => ({ unread: malformed(call, subject, missing) });
    try {
      const { JobId } = await client.send(generateInTurn(new GenerateServiceLastAccessedDetailsCommand({ Arn: arn })));
      if (JobId === undefined) return lacks("JobId");
      call = getCall;
      let page = await untilDone(mostPolls, async () => {
        const answer = await get(JobId);
        return answer.JobStatus === "IN_PROGRESS" ? null : answer;
      });
      if (page === null) return because("was not done in time", false);
      if (page.JobStatus === "FAILED") return because(`failed: ${page.Error?.Message ?? "IAM did not say why"}`, true);
      const uses: ServiceUse[] = [];
      for (;;) {
        if (page.JobStatus !== "COMPLETED") return lacks("a JobStatus that is known");
        if (page.ServicesLastAccessed === undefined) return lacks("ServicesLastAccessed");
        for (const { ServiceNamespace, LastAuthenticated, LastAuthenticatedRegion } of page.ServicesLastAccessed) {
          if (ServiceNamespace === undefined) return lacks("a service's ServiceNamespace");
          if (!services.includes(ServiceNamespace)) continue;
          const region = LastAuthenticatedRegion ?? null;
          uses.push({ service: ServiceNamespace, lastAuthenticated: LastAuthenticated ?? null, region });
        }
        if (page.IsTruncated !== true) return { value: uses };
        if (page.Marker === undefined) return lacks("Marker");
        page = await get(JobId, page.Marker);
      }
    } catch (error) {
      return { unread: unreadFrom(error, call, subject) };
    }
  };
}

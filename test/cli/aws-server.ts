/** As much of AWS as a scan of a few tables asks, over HTTP: what the SDK's endpoint variables point to. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { fakeCredentials } from "./child.ts";

/** A table's answer: its key type, a refusal, or no answer ever. */
export type TableAnswer = "none" | "denied" | "silence";

export interface AwsServer {
  /** What a child needs to talk to it. */
  readonly env: Readonly<Record<string, string>>;
  /** Resolves when a call was met with silence. */
  readonly silent: Promise<void>;
}

export async function serveAws(tables: Readonly<Record<string, TableAnswer>>): Promise<AwsServer> {
  const { promise: silent, resolve: onSilence } = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const answer = (status: number, value: object): void => {
      response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(value));
    };
    const target = String(request.headers["x-amz-target"] ?? "");
    if (body.includes("Action=GetCallerIdentity")) {
      response.writeHead(200, { "content-type": "text/xml" }).end(callerIdentity);
    } else if (target.endsWith(".ListTables")) answer(200, { TableNames: Object.keys(tables) });
    else if (target.endsWith(".DescribeTable")) {
      const { TableName } = JSON.parse(body);
      const told = tables[TableName];
      if (told === "silence") onSilence();
      else if (told === "denied") answer(400, { __type: "AccessDeniedException", message: "no" });
      else
        answer(200, {
          Table: { TableArn: `arn:aws:dynamodb:eu-west-1:111122223333:table/${TableName}`, TableStatus: "ACTIVE" },
        });
    } else answer(400, { __type: "UnknownOperationException", message: target });
  });
  const port = await listen(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    env: { ...fakeCredentials, AWS_REGION: "eu-west-1", AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`, CI: "true" },
    silent,
  };
}

const callerIdentity =
  '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
  "<Arn>arn:aws:iam::111122223333:user/u</Arn><UserId>AIDA</UserId><Account>111122223333</Account>" +
  "</GetCallerIdentityResult></GetCallerIdentityResponse>";

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

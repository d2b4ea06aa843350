/** Runs a bundle as Lambda does: its own runtime client loads the handler and talks to a Runtime API on loopback. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

export interface Answered {
  /** What the handler returned, or the error it threw as Lambda reports it. */
  readonly response?: unknown;
  readonly error?: { readonly errorType: string; readonly errorMessage: string };
  readonly log: string;
}

const timeLimit = 30_000;

/** One invocation in a process of its own, with nothing of this environment but what is given. */
export async function invoke(
  runtimePath: string,
  taskRoot: string,
  event: unknown,
  environment: Readonly<Record<string, string>>,
): Promise<Answered> {
  const answered = Promise.withResolvers<Omit<Answered, "log">>();
  const server = createServer(async (request, response) => {
    if (request.url?.endsWith("/invocation/next") === true) {
      response.writeHead(200, {
        "content-type": "application/json",
        "lambda-runtime-aws-request-id": "2f1c0d7e-0000-4000-8000-000000000000",
        "lambda-runtime-deadline-ms": String(Date.now() + timeLimit),
        "lambda-runtime-invoked-function-arn": "arn:aws:lambda:us-east-1:123456789012:function:bundle",
      });
      response.end(JSON.stringify(event));
      return;
    }
    const body: unknown = JSON.parse((await bodyOf(request)) || "null");
    response.writeHead(202).end();
    if (request.url?.endsWith("/response") === true) answered.resolve({ response: body });
    else answered.resolve({ error: body as NonNullable<Answered["error"]> });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const runtimeApi = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const child = spawn(
    process.execPath,
    [
      "--require",
      join(runtimePath, "native-transport.cjs"),
      join(runtimePath, "node_modules/aws-lambda-ric/index.mjs"),
    ],
    {
      env: {
        ...environment,
        _HANDLER: "index.handler",
        LAMBDA_TASK_ROOT: taskRoot,
        AWS_LAMBDA_RUNTIME_API: runtimeApi,
        AWS_LAMBDA_NODEJS_USE_ALTERNATIVE_CLIENT_1: "true",
        AWS_LAMBDA_FUNCTION_NAME: "bundle",
        AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "512",
        AWS_LAMBDA_LOG_FORMAT: "JSON",
        AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/bundle",
        AWS_LAMBDA_LOG_STREAM_NAME: "stream",
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const log: string[] = [];
  child.stdout.on("data", (chunk: Buffer) => log.push(chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => log.push(chunk.toString()));
  const ended = once(child, "exit").then(() => answered.reject(new Error(`the runtime ended: ${log.join("")}`)));
  const timer = setTimeout(() => answered.reject(new Error(`no answer in time: ${log.join("")}`)), timeLimit);
  try {
    return { ...(await answered.promise), log: log.join("") };
  } finally {
    clearTimeout(timer);
    child.kill("SIGKILL");
    await ended;
    server.closeAllConnections();
    server.close();
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

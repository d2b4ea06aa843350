import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

const root = join(import.meta.dirname, "../..");
const folder = join(root, ".github/workflows");

interface Step {
  readonly uses?: string;
  readonly run?: string;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly needs?: string;
  readonly "timeout-minutes"?: number;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const texts = readdirSync(folder).map((file) => ({ file, text: readFileSync(join(folder, file), "utf8") }));
const workflows = texts.map(({ file, text }) => ({ file, text, workflow: parse(text) as Workflow }));

function jobsOf(file: string): Workflow["jobs"] {
  return workflows.find((one) => one.file === file)?.workflow.jobs ?? {};
}

describe.each(workflows)("$file", ({ text, workflow }) => {
  it("pins each action by a whole commit, and says of which version it is", () => {
    const uses = text.split("\n").filter((line) => /^\s*-?\s*uses:/.test(line));
    expect(uses.length).toBeGreaterThan(0);
    for (const line of uses) expect(line).toMatch(/uses: [\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("may read the repository, and no more but where a job says so", () => {
    expect(workflow.permissions).toEqual({ contents: "read" });
    for (const { "timeout-minutes": minutes } of Object.values(workflow.jobs)) expect(minutes).toBeLessThanOrEqual(60);
  });

  it("leaves no credentials beside the code, and puts nothing of an event into a shell", () => {
    const checkouts = text.match(/uses: actions\/checkout@/g) ?? [];
    expect(text.match(/persist-credentials: false/g)).toHaveLength(checkouts.length);
    const scripts = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ run = "" }) => run));
    for (const script of scripts) expect(script).not.toContain("${{");
  });
});

it("the same version of an action stands everywhere", () => {
  const pinned = new Set(texts.flatMap(({ text }) => text.match(/uses: .+$/gm) ?? []));
  const names = [...pinned].map((line) => /uses: ([^@]+)@/.exec(line)?.[1]);
  expect(new Set(names).size).toBe(names.length);
});

it("ci runs what .ci/run runs, on each push and pull request", () => {
  const workflow = workflows.find(({ file }) => file === "ci.yml")?.workflow;
  expect(Object.keys(workflow?.on ?? {})).toEqual(["push", "pull_request"]);
  expect(Object.values(jobsOf("ci.yml")).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []))).toEqual([
    "bash .ci/run",
  ]);
});

it("only the job that publishes may ask for an identity, after everything was tested", () => {
  const asking = workflows.flatMap(({ file, workflow }) =>
    Object.entries(workflow.jobs).flatMap(([name, { permissions }]) =>
      permissions?.["id-token"] === "write" ? [`${file} ${name}`] : [],
    ),
  );
  expect(asking).toEqual(["release.yml publish"]);
  const { check, publish } = jobsOf("release.yml");
  expect(check?.steps.at(-1)?.run).toBe("bash .ci/run");
  expect(publish).toMatchObject({ needs: "check", permissions: { contents: "read", "id-token": "write" } });
  expect(publish?.steps.at(-1)?.run).toBe("npm publish --provenance --access public");
});

it("every package.json and list of requirements is watched for updates", () => {
  const { updates } = parse(readFileSync(join(root, ".github/dependabot.yml"), "utf8")) as {
    readonly updates: readonly {
      readonly "package-ecosystem": string;
      readonly directory?: string;
      readonly directories?: readonly string[];
    }[];
  };
  const watched = updates.map(({ "package-ecosystem": of, directory, directories }) => [
    of,
    directories ?? [directory],
  ]);
  expect(watched).toEqual([
    ["github-actions", ["/"]],
    ["npm", ["/", "/test/artefact/runtime", "/test/oracle/simulator"]],
    ["pip", ["/requirements"]],
  ]);
});

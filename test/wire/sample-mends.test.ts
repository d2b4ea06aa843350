/** The mends of the sample account, proven: run by the AWS command line on the emulator, scanned again, until none is left to run. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import pMap from "p-map";
import { afterAll, expect, it } from "vitest";
import { awsCli } from "../../scripts/emulator/emulator.ts";
import { seedSampleAccount } from "../../scripts/emulator/sample-account.ts";
import { pythonEnvironment } from "../../scripts/python.ts";
import { type Ended, fakeCredentials, newFolder, removeFolders, run } from "../cli/child.ts";
import { functionsIn, type MendFunction, settle } from "./mends-script.ts";
import { wire } from "./wire.ts";

afterAll(removeFolders);

/** What a person answers where the script asks, and has done before he runs it. A function that asks anything else stays. */
const answers: readonly (readonly [question: RegExp, answer: string])[] = [
  [/^Choose the VPC endpoint that its requests come through/, "that of VPC shop, where the applications run"],
  [/^Choose the tables that are used/, "Catalog"],
  [/^Whether 444455556666 may be let in/, "no more: the partner's contract has ended"],
  [/^Whether the old backups are still needed/, "no, and the new one under the table's key"],
  [/^A new backup is under the key that the table has then/, "the table was mended in the round before"],
  [/^Give the caller temporary credentials first/, "it has the role of its compute"],
  [/^The next command prints the id of key/, "printed"],
  [/^Replace ID_ENDING_IN_\w+ in the commands/, "by what was printed"],
  [/^Watch for as long as the rarest job/, "nothing failed"],
];

/** What no run of the script can mend, and why. */
const left: Readonly<Record<string, string>> = {
  "dynamodb-client-side-encryption Table Payments": "a person: the applications that write its items must encrypt them",
};

/** What is found only after a mend, and why; it is mended like the rest. */
const cameWithMends: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["Catalog", "Customers", "Sessions"].map((table) => [
      `dynamodb-vpce-only-access Table ${table}`,
      "a policy that names the table asks for aws:SourceVpce now, so the rule takes it for meant",
    ]),
  ),
  ...Object.fromEntries(
    ["administrator", "old-admin"].map((holder) => [
      `dynamodb-policy-conditions Policy ${holder}-AdministratorAccess`,
      "it stands in AdministratorAccess's place, and has no condition either",
    ]),
  ),
};

interface Round {
  readonly folder: string;
  /** By rule, type and name. */
  readonly verdicts: ReadonlyMap<string, string>;
  readonly violations: readonly string[];
  readonly functions: readonly MendFunction[];
}

interface Row {
  readonly rule: string;
  readonly resourceType: string;
  readonly resourceName: string;
  readonly complianceType: string;
}

wire("the mends of the sample account", ({ url }) => {
  const region = ["--region", "us-east-1"];

  async function environment(): Promise<Readonly<Record<string, string>>> {
    return {
      ...fakeCredentials,
      PATH: `${await pythonEnvironment("emulator")}:${process.env["PATH"]}`,
      AWS_ENDPOINT_URL: url,
      AWS_CONFIG_FILE: "/dev/null",
      AWS_PAGER: "",
      // Another one than the account's: a command that forgets to name its region goes astray.
      AWS_DEFAULT_REGION: "ap-southeast-2",
    };
  }

  async function scan(): Promise<Round> {
    const folder = join(newFolder(), "mends");
    const ended = await run(["scan", ...region, "--format", "json", "--mends", folder], await environment());
    expect(ended).toMatchObject({ status: 0, stderr: `mends written to ${join(folder, "mends.sh")}\n` });
    const rows: readonly Row[] = JSON.parse(ended.stdout).evaluations;
    const nameOf = ({ rule, resourceType, resourceName }: Row): string =>
      `${rule} ${resourceType.split("::").at(-1)} ${resourceName}`;
    const verdicts = new Map(rows.map((row) => [nameOf(row), row.complianceType]));
    expect(verdicts.size).toBe(rows.length);
    const violations = [...verdicts].filter(([, verdict]) => verdict === "NON_COMPLIANT").map(([named]) => named);
    return { folder, verdicts, violations, functions: functionsIn(folder) };
  }

  async function bash(...words: readonly string[]): Promise<Ended> {
    const env = await environment();
    return new Promise((resolve) => {
      const child = execFile("bash", words, { env }, (_, stdout, stderr) =>
        resolve({ status: child.exitCode, stdout, stderr }),
      );
    });
  }

  function runAll(folder: string, functions: readonly MendFunction[]): Promise<readonly Ended[]> {
    return pMap(functions, ({ name }) => bash(join(folder, "mends.sh"), name), { concurrency: 4 });
  }

  async function endpointOf(vpcName: string): Promise<string> {
    const ask = async (...words: readonly string[]): Promise<string> =>
      String(await awsCli(url, ["ec2", ...words, ...region]));
    const named = `Name=tag:Name,Values=${vpcName}`;
    const vpcId = await ask("describe-vpcs", "--filters", named, "--query", "Vpcs[0].VpcId");
    const wanted = [`Name=vpc-id,Values=${vpcId}`, "Name=service-name,Values=com.amazonaws.us-east-1.dynamodb"];
    return ask("describe-vpc-endpoints", "--filters", ...wanted, "--query", "VpcEndpoints[0].VpcEndpointId");
  }

  /** What is put for the placeholders of a function; the id of a key is what the function's own command prints. */
  async function chosenFor({ questions, commands }: MendFunction, endpointId: string) {
    const chosen = { ENDPOINT_ID: endpointId.replace(/^vpce-/, ""), TABLE_NAME: "Catalog" };
    const [placeholder] = /ID_ENDING_IN_\w+/.exec(questions.join()) ?? [];
    if (placeholder === undefined) return chosen;
    const printed = await bash("-c", commands.find((command) => command.includes("list-access-keys")) ?? "false");
    const [keyId = "", ...others] = JSON.parse(printed.stdout);
    expect(others).toEqual([]);
    return { ...chosen, [placeholder]: keyId };
  }

  it("put right all but what needs other hands than the script's", { timeout: 240_000 }, async () => {
    await seedSampleAccount(url);
    const endpointId = await endpointOf("shop");
    let round = await scan();
    const first = new Set(round.violations);
    const found = new Set(first);
    const ran: string[] = [];
    const printed = ["round  violations  mend"];

    // First whatever asks for nothing; of the others, none runs.
    const asking = round.functions.filter(({ isReady }) => !isReady);
    const refused = await runAll(round.folder, asking);
    expect(refused.map(({ status, stdout }) => [status, stdout])).toEqual(asking.map(() => [1, ""]));

    for (let number = 1; ; number++) {
      const { folder, functions, violations } = round;
      const mayRun = ({ isReady, questions }: MendFunction): boolean =>
        isReady || (number > 1 && questions.every((asked) => answers.some(([question]) => question.test(asked))));
      const now = oncePerTarget(functions.filter(mayRun));
      if (now.length === 0) break;
      const names = now.map(({ name }) => name.replace(/^mend_\d+_/, ""));
      // A mend that was run is asked for no more.
      expect(names.filter((name) => ran.includes(name))).toEqual([]);
      ran.push(...names);
      for (const one of now) if (!one.isReady) settle(folder, one.name, await chosenFor(one, endpointId));

      const ended = await runAll(folder, now);

      expect(ended.map(({ status, stderr }, at) => [now[at]?.name, status, stderr])).toEqual(
        now.map(({ name }) => [name, 0, ""]),
      );
      const lines = now.map(({ name, isReady }) => `${name}  ${isReady ? "as it is" : "settled by a person"}`);
      printed.push(...lines.map((line, at) => `${at === 0 ? beginOf(number, violations) : " ".repeat(19)}${line}`));
      round = await scan();
      for (const violation of round.violations) found.add(violation);
    }

    const came = [...found].filter((violation) => !first.has(violation));
    console.log(
      [
        ...printed,
        `${first.size} violations, ${came.length} more that came with mends, ${round.violations.length} left`,
        ...came.map((violation) => `  came  ${violation}  ${cameWithMends[violation]}`),
        ...round.violations.map((violation) => `  left  ${violation}  ${left[violation]}`),
      ].join("\n"),
    );
    expect(new Set(came)).toEqual(new Set(Object.keys(cameWithMends)));
    expect(round.violations).toEqual(Object.keys(left));
    // Neither gone nor out of a rule's reach.
    expect([...found].filter((violation) => round.verdicts.get(violation) !== "COMPLIANT")).toEqual(Object.keys(left));
  });
});

function beginOf(round: number, violations: readonly string[]): string {
  return `${String(round).padEnd(5)}  ${String(violations.length).padEnd(10)}  `;
}

/** The first of those that change the same thing: the script asks for a scan before another rule's mend of it. */
function oncePerTarget(functions: readonly MendFunction[]): readonly MendFunction[] {
  const taken = new Set<string>();
  return functions.filter(({ targets }) => {
    const isFree = targets.every((target) => !taken.has(target));
    if (isFree) for (const target of targets) taken.add(target);
    return isFree;
  });
}

import { expect, test } from "vitest";
import { isReady, placeholdersIn, scriptedMends } from "../../../lib/report/mends.ts";
import type { Evaluation, OfferedMend, Severity, Step } from "../../../lib/rule.ts";
import { exempt, report, resource, ruleReport, violation } from "./sample.ts";

const step = (...words: readonly string[]): Step => ({ command: ["aws", ...words] });
const document = (file: string, content = "{}\n"): Step => ({ file, content });

/** A violation with these steps. */
function broken(name: string, steps: readonly Step[], parts: Partial<OfferedMend> = {}, severity: Severity = "LOW") {
  const mend: OfferedMend = { summary: "Set it", steps, mayBreak: "Nothing", choice: null, ...parts };
  return violation(resource(name), { mend, severity });
}

function mendsOf(evaluations: readonly Evaluation[]) {
  return scriptedMends(report([ruleReport(evaluations)]));
}

const actsOf = (...steps: readonly Step[]) => mendsOf([broken("T", steps)]).flatMap(({ acts }) => acts);
const folder = "mend_1_table_encryption_T";

test("what leaves nothing to a person comes first, the worst first within", () => {
  const mends = mendsOf([
    broken("ChoiceHigh", [step("1")], { choice: "Which." }, "HIGH"),
    broken("Low", [step("2")], {}, "LOW"),
    broken("WordsCritical", [{ words: "Look." }, step("3")], {}, "CRITICAL"),
    broken("High", [step("4")], {}, "HIGH"),
    broken("PlaceholderMedium", [step("KEY_ARN")], {}, "MEDIUM"),
    broken("FileCritical", [document("p.json", '"TABLE_NAME"'), step("5")], {}, "CRITICAL"),
    broken("HighToo", [step("6")], {}, "HIGH"),
  ]);

  expect(mends.map((mend) => [mend.violations[0].resource.name, isReady(mend)])).toEqual([
    ["High", true],
    ["HighToo", true],
    ["Low", true],
    ["WordsCritical", false],
    ["FileCritical", false],
    ["ChoiceHigh", false],
    ["PlaceholderMedium", false],
  ]);
});

test("the same steps are one mend of the worst severity, with all that was said of it", () => {
  const mends = mendsOf([
    broken("A", [step("enable-key")], { mayBreak: "This" }, "LOW"),
    broken("B", [step("enable-key")], { mayBreak: "That", choice: "Whether." }, "HIGH"),
    broken("C", [step("enable-key")], { mayBreak: "This" }, "LOW"),
  ]);

  expect(mends).toHaveLength(1);
  expect(mends[0]).toMatchObject({ severity: "HIGH", mayBreak: ["This", "That"], open: ["Whether."] });
  expect(mends[0]?.violations.map(({ resource: { name } }) => name)).toEqual(["A", "B", "C"]);
});

test("only what counts and is shown has a mend", () => {
  const rule = ruleReport([
    exempt(resource("Exempt"), "tag"),
    { ...broken("Exempted", [step("1")]), exemption: "a reason" },
    violation(resource("Unmended"), { mend: null }),
  ]);

  expect(scriptedMends(report([{ ...rule, leftOut: [broken("Below", [step("2")])] }]))).toEqual([]);
});

test.each<[string, readonly Step[], readonly string[]]>([
  ["a path out of the folder", [document("../../etc/x.json")], ["etc-x.json"]],
  ["a name of signs only", [document("/;$().json")], ["policy.json"]],
  ["no name", [document("")], ["policy.json"]],
  ["equal names", [document("p.json"), document("p.json"), document("P.json")], ["p.json", "p-2.json", "P-3.json"]],
  ["names that become equal", [document("a b.json"), document("a/b.json")], ["a-b.json", "a-b-2.json"]],
])("%s stays a file of the mend's own folder", (_, steps, files) => {
  expect(actsOf(...steps).map((act) => ("path" in act ? act.path : null))).toEqual(
    files.map((file) => `${folder}/${file}`),
  );
});

test("a command means the file of its name that was written last before it", () => {
  const put = step("put", "file://p.json");

  expect(actsOf(document("p.json"), put, document("p.json"), put).filter((act) => "command" in act)).toEqual([
    { command: ["aws", "put", `file://${folder}/p.json`] },
    { command: ["aws", "put", `file://${folder}/p-2.json`] },
  ]);
});

test("equal files of two mends lie in two folders", () => {
  const mends = mendsOf([broken("A-b", [document("p.json", "1")]), broken("A b", [document("p.json", "2")])]);

  expect(mends.flatMap(({ acts }) => acts)).toEqual([
    { path: "mend_1_table_encryption_A_b/p.json", content: "1" },
    { path: "mend_2_table_encryption_A_b/p.json", content: "2" },
  ]);
});

test("a name that cannot be shown in a command is left to a person", () => {
  expect(mendsOf([broken("T", [step("--table-name", "a\u202eb")])])[0]?.open).toHaveLength(1);
});

test.each([
  ["Enabled=true,SSEType=KMS,KMSMasterKeyId=KEY_ARN", ["KEY_ARN"]],
  ['"aws:SourceVpce": "vpce-ENDPOINT_ID"', ["ENDPOINT_ID"]],
  ["arn:aws:dynamodb:us-east-1:123456789012:table/TABLE_NAME", ["TABLE_NAME"]],
  ["ADDRESS_RANGE REQUIRED_VALUE REQUIRED_TAG", ["ADDRESS_RANGE", "REQUIRED_VALUE", "REQUIRED_TAG"]],
  ["VAULT VAULT_ARN ROLE_ARN", ["VAULT", "VAULT_ARN", "ROLE_ARN"]],
  ["ID_ENDING_IN_4G6V ACCESS_KEY_ID KEY_STORE_ID", ["ID_ENDING_IN_4G6V", "ACCESS_KEY_ID", "KEY_STORE_ID"]],
  ["NO_POLICY SPECIFIC_ATTRIBUTES MY_VAULT", []],
])("%s holds the placeholders %j", (text, placeholders) => {
  expect(placeholdersIn(text)).toEqual(placeholders);
});

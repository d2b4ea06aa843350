/** Every rule of the catalogue has its entries in the template, as its metadata asks. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { functionId, logicalName, parameterId } from "../../scripts/logical-id.ts";
import {
  allowedTo,
  conditionsOf,
  configRuleOf,
  deploymentParametersOf,
  enabledId,
  errorsAlarmOf,
  functionOf,
  heartbeatAlarmOf,
  hoursOf,
  logGroupOf,
  parametersOf,
  permissionOf,
  roleOf,
  scheduleId,
  schedules,
  trustPolicy,
} from "./expected.ts";
import { allowedBy, arnOf, type Fields, propertiesOf, resourcesOf, root, rules, template, write } from "./stack.ts";

const anyText = expect.stringMatching(/\S/);

describe.each(rules)("$name", (rule) => {
  const { name } = rule;
  const prefix = logicalName(name);
  const lacks = (id: string, content: unknown) => write("Resources", { [id]: content as Fields });

  test("its function, whose code is the bundle of functions/", () => {
    const id = functionId(name);
    expect(template.Resources[id], lacks(id, functionOf(rule, 512, 900))).toEqual(
      functionOf(rule, expect.any(Number), expect.any(Number)),
    );
    const { MemorySize: memory, Timeout: timeout } = propertiesOf(id);
    expect(memory).toBeLessThanOrEqual(512);
    expect(timeout).toBeLessThanOrEqual(900);
    expect(existsSync(join(root, "functions", `${name}.ts`)), `functions/${name}.ts is missing`).toBe(true);
  });

  test("its log group, kept for a set time", () => {
    const id = `${prefix}LogGroup`;
    expect(template.Resources[id], lacks(id, logGroupOf(rule))).toEqual(logGroupOf(rule));
  });

  test("its role: the declared permissions and the base set, exactly", () => {
    const id = `${prefix}Role`;
    const message = lacks(id, roleOf(rule));
    expect(allowedBy(id), message).toEqual(allowedTo(rule));
    const { AssumeRolePolicyDocument: trust, Policies, Description, ...others } = propertiesOf(id);
    expect({ trust, others }, message).toEqual({ trust: trustPolicy, others: {} });
  });

  test("the permission for AWS Config, bound to the account", () => {
    const id = `${prefix}Permission`;
    expect(template.Resources[id], lacks(id, permissionOf(rule))).toEqual(permissionOf(rule));
  });

  test("its AWS Config rule, triggers and parameters", () => {
    const id = `${prefix}Rule`;
    expect(template.Resources[id], lacks(id, configRuleOf(rule))).toEqual(configRuleOf(rule));
  });

  test("its description fits AWS Config's 256 characters", () => {
    expect(rule.description.length).toBeLessThanOrEqual(256);
  });

  test("its name with the longest prefix leaves room for what organizations and packs add", () => {
    const longest = Number(template.Parameters["RuleNamePrefix"]?.["MaxLength"]);
    expect(longest + name.length).toBeLessThanOrEqual(37);
  });

  test("its parameters, by its schema", () => {
    for (const [id, wanted] of Object.entries(parametersOf(rule))) {
      const { MaxLength: maxLength, ...actual } = template.Parameters[id] ?? {};
      const isFree = !("AllowedValues" in wanted);
      expect(actual, write("Parameters", { [id]: { ...wanted, ...(isFree ? { MaxLength: 256 } : {}) } })).toEqual(
        wanted,
      );
      expect(typeof maxLength, `${id}: free text has a MaxLength, other parameters none`).toBe(
        isFree ? "number" : "undefined",
      );
    }
    for (const [id, wanted] of Object.entries(conditionsOf(rule))) {
      expect(template.Conditions[id], write("Conditions", { [id]: wanted })).toEqual(wanted);
    }
  });

  test("whether it is deployed", () => {
    const { Description: description, ...actual } = template.Parameters[enabledId(rule)] ?? {};
    const wanted = { Type: "String", Default: "true", AllowedValues: ["true", "false"] };
    expect(actual, write("Parameters", { [enabledId(rule)]: wanted })).toEqual(wanted);
    expect(description).toEqual(anyText);
  });

  test("its schedule, one of AWS Config's", () => {
    const id = scheduleId(rule);
    const wanted = { Type: "String", Default: "TwentyFour_Hours", AllowedValues: schedules };
    const { Description: description, ...actual } = template.Parameters[id] ?? {};
    const told = { Description: "How often the rule judges everything.", ...wanted };
    expect(actual, write("Parameters", { [id]: told })).toEqual(wanted);
    expect(description).toEqual(anyText);
  });

  test("its parameters stand together in the console", () => {
    const Parameters = [
      enabledId(rule),
      scheduleId(rule),
      ...Object.keys(parametersOf(rule)),
      ...deploymentParametersOf(rule),
    ];
    const group = { Label: { default: name }, Parameters };
    const groups = template.Metadata["AWS::CloudFormation::Interface"].ParameterGroups;
    expect(
      groups.find(({ Label }) => Label["default"] === name),
      write("Metadata, AWS::CloudFormation::Interface", { ParameterGroups: [group] }),
    ).toEqual(group);
  });

  test("its parameters, each at its longest, fit AWS Config's 1,024 characters", () => {
    const longest = Object.entries(rule.parameters).map(([parameter, { allowedValues }]) => {
      const maxLength = Number(template.Parameters[parameterId(name, parameter)]?.["MaxLength"] ?? 0);
      const lengths = allowedValues === null ? [maxLength] : allowedValues.map((value) => value.length);
      return [parameter, "x".repeat(Math.max(...lengths))];
    });
    expect(JSON.stringify(Object.fromEntries(longest)).length).toBeLessThanOrEqual(1024);
  });

  test("its alarms: errors, and no run for two days", () => {
    const errors = `${prefix}ErrorsAlarm`;
    const heartbeat = `${prefix}HeartbeatAlarm`;
    expect(template.Resources[errors], lacks(errors, errorsAlarmOf(name, "..."))).toEqual(errorsAlarmOf(name, anyText));
    expect(template.Resources[heartbeat], lacks(heartbeat, heartbeatAlarmOf(rule, "..."))).toEqual(
      heartbeatAlarmOf(rule, anyText),
    );
  });

  test("an event waits less than the shortest schedule, and two days are more than the longest", () => {
    const { MaximumEventAgeInSeconds: age } = propertiesOf(functionId(name))["EventInvokeConfig"] as Fields;
    const hours = schedules.map((schedule) => hoursOf[schedule] ?? Number.NaN);
    expect(age).toBeLessThan(Math.min(...hours) * 3600);
    expect(48).toBeGreaterThan(Math.max(...hours));
  });
});

test("there is nothing in the template of a rule that is not in the catalogue", () => {
  const ofCatalogue = (type: string, suffix: string) => ({
    actual: resourcesOf(type)
      .map(([id]) => id)
      .sort(),
    wanted: rules.map(({ name }) => `${logicalName(name)}${suffix}`).sort(),
  });
  const configRules = ofCatalogue("AWS::Config::ConfigRule", "Rule");
  expect(configRules.actual).toEqual(configRules.wanted);
  const permissions = ofCatalogue("AWS::Lambda::Permission", "Permission");
  expect(permissions.actual).toEqual([...permissions.wanted, "DigestPermission"].sort());
});

test("every function of functions/ is in the template under the name of its folder in dist/, and no other", () => {
  const files = readdirSync(join(root, "functions")).map((file) => file.replace(/\.ts$/, ""));
  const actual = resourcesOf("AWS::Serverless::Function").map(([id, { Properties }]) => [id, Properties["CodeUri"]]);
  expect(Object.fromEntries(actual)).toEqual(
    Object.fromEntries(files.map((name) => [functionId(name), `dist/${functionId(name)}`])),
  );
});

test("every function has a role and a log group of its own", () => {
  for (const [id, { Properties }] of resourcesOf("AWS::Serverless::Function")) {
    const prefix = id.replace(/Function$/, "");
    expect(Properties["Role"]).toEqual(arnOf(`${prefix}Role`));
    expect(Properties["LoggingConfig"]).toEqual({ LogGroup: { Ref: `${prefix}LogGroup` } });
  }
});

test("every parameter stands in one group", () => {
  const groups = template.Metadata["AWS::CloudFormation::Interface"].ParameterGroups;
  expect(groups.flatMap(({ Parameters }) => Parameters).sort()).toEqual(Object.keys(template.Parameters).sort());
});

test("the functions run on Lambda's Node of the tests, on arm64, with logs in JSON", () => {
  expect(template.Globals).toEqual({
    Function: {
      Runtime: "nodejs24.x",
      Architectures: ["arm64"],
      Handler: "index.handler",
      LoggingConfig: { LogFormat: "JSON", ApplicationLogLevel: "INFO", SystemLogLevel: "INFO" },
      Environment: {
        Variables: { NODE_OPTIONS: "--enable-source-maps", POWERTOOLS_METRICS_NAMESPACE: "DynamoDBCompliance" },
      },
    },
  });
});

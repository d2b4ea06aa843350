import { describe, expect, it } from "vitest";
import { isNotDoneYet, untilDone } from "../../../lib/account/poll.ts";

describe("what is asked until it is done", () => {
  it("is asked again while the answer is null, and no more after", async () => {
    const answers = [null, null, "done", "never asked"];
    expect(await untilDone(10, async () => answers.shift() ?? null)).toBe("done");
    expect(answers).toEqual(["never asked"]);
  });

  it("is given up after so many times", async () => {
    let times = 0;
    const ask = async (): Promise<null> => {
      times += 1;
      return null;
    };
    expect(await untilDone(3, ask)).toBeNull();
    expect(times).toBe(3);
  });

  it("fails as the asking fails", async () => {
    await expect(untilDone(3, () => Promise.reject(new Error("denied")))).rejects.toThrow("denied");
  });
});

describe("an answer that is not done yet", () => {
  it.each([
    ["iam:GenerateCredentialReport", { State: "STARTED" }, true],
    ["iam:GenerateCredentialReport", { State: "INPROGRESS" }, true],
    ["iam:GenerateCredentialReport", { State: "COMPLETE" }, false],
    ["iam:GenerateCredentialReport", {}, false],
    ["iam:GetServiceLastAccessedDetails", { JobStatus: "IN_PROGRESS" }, true],
    ["iam:GetServiceLastAccessedDetails", { JobStatus: "COMPLETED" }, false],
    ["iam:GetServiceLastAccessedDetails", { JobStatus: "FAILED" }, false],
    ["dynamodb:DescribeTable", { State: "STARTED", JobStatus: "IN_PROGRESS" }, false],
  ])("%s %j: %s", (call, output, notDone) => {
    expect(isNotDoneYet(call, output)).toBe(notDone);
  });
});

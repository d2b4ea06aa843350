/** The kinds of proof: pure (no network, one process), wire (the emulator), browser (the report's page), artefact (what is deployed). */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    reporters: ["default", "./test/count-reporter.ts"],
    projects: [
      {
        test: {
          name: "pure",
          include: ["test/{lib,functions,cli,template,docs,page}/**/*.test.ts"],
          // Laws are tried on many inputs, and the machine may be busy.
          testTimeout: 30_000,
          // Files share a process: what one mocks must not reach the next.
          isolate: false,
          restoreMocks: true,
          unstubEnvs: true,
          unstubGlobals: true,
        },
      },
      {
        test: {
          name: "wire",
          include: ["test/wire/**/*.test.ts"],
          globalSetup: ["test/wire/setup.ts"],
          // One emulator, reset before each test.
          fileParallelism: false,
          unstubEnvs: true,
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: ["test/browser/setup.ts"],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "oracle",
          include: ["test/oracle/*.test.ts"],
          globalSetup: ["test/oracle/setup.ts"],
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: "artefact",
          include: ["test/artefact/**/*.test.ts"],
          globalSetup: ["test/wire/setup.ts", "test/artefact/setup.ts"],
          testTimeout: 40_000,
        },
      },
    ],
  },
});

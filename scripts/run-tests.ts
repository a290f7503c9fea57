/** Runs every test once and closes with the line `N passed, N failed`. */
import { startVitest } from 'vitest/node';

const vitest = await startVitest('test', process.argv.slice(2), { watch: false });
await vitest.close();
const modules = vitest.state.getTestModules();
const tests = modules.flatMap((module) => [...module.children.allTests()]);
const passed = tests.filter((test) => test.result().state === 'passed').length;
const failedTests = tests.filter((test) => test.result().state === 'failed').length;
const brokenModules = modules.filter((module) => module.errors().length > 0).length;
const failed = failedTests + brokenModules + vitest.state.getUnhandledErrors().length;
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

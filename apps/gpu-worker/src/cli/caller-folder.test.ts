import { expect, it } from 'vitest';
import { callerFolder } from './caller-folder.ts';

const npm = { INIT_CWD: '/home/me', npm_package_json: '/project/package.json' };

it('is where npm was called, when npm moved to the project', () => {
  expect(callerFolder(npm, '/project')).toBe('/home/me');
});

it('is the working folder of a process that only inherits npm’s environment, or none of it', () => {
  expect(callerFolder(npm, '/elsewhere')).toBe('/elsewhere');
  expect(callerFolder({}, '/project')).toBe('/project');
});

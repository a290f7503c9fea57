import { AppError } from '@darkroom/shared/errors';
import { describe, expect, test } from 'vitest';
import { publicWebhookUrl } from './webhook-url.ts';

const own = 'api.darkroom.example.com';
const refusal = (url: string): unknown => {
  try {
    return publicWebhookUrl(url, own);
  } catch (error) {
    return error;
  }
};

const hosts = [
  '127.0.0.1',
  '127.1',
  '0',
  '0.0.0.0',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '017700000001',
  'localhost',
  'localhost.',
  'LOCALHOST',
  'api.localhost',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:a9fe:a9fe]',
  '[fc00::1]',
  '[fe80::1]',
  '[64:ff9b::7f00:1]',
  '[2002:7f00:1::]',
  '[2606:4700::1111]',
  '169.254.169.254',
  '100.64.0.1',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '192.0.0.1',
  '198.18.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '1.1.1.1',
  '１２７.０.０.１',
  '127。0。0。1',
  '①②⑦.0.0.1',
  '%31%32%37.0.0.1',
  'metadata.google.internal',
  'printer.local',
  'router.lan',
  'nas.home.arpa',
  '1.0.0.127.in-addr.arpa',
  'db.corp',
  'intranet',
  'host.docker.internal',
  'a.test',
  'a.invalid',
  'a.onion',
  'hooks.example.com.',
  own,
  own.toUpperCase(),
  `eu.${own}`,
  '',
];

const addresses = [
  'http://hooks.example.com/',
  'ftp://hooks.example.com/',
  'gopher://hooks.example.com/',
  'file:///etc/passwd',
  'data:text/plain,hello',
  'javascript:alert(1)',
  'https://a@hooks.example.com/',
  'https://a:b@hooks.example.com/',
  'https://hooks.example.com@127.0.0.1/',
  'https://127.0.0.1#@hooks.example.com',
  'https://127.0.0.1\\@hooks.example.com/',
  'https://hooks.example.com:22/',
  'https://hooks.example.com:25/',
  'https://hooks.example.com:80/',
  'https://hooks.example.com:8443/',
  'https://hooks.example.com/#part',
  'hooks.example.com',
  '//hooks.example.com',
  'https://',
  '',
];

describe('publicWebhookUrl', () => {
  test.each(hosts)('refuses the host "%s"', (host) => {
    expect(refusal(`https://${host}/hook`)).toMatchObject({ code: 'invalid_request' });
  });

  test.each(addresses)('refuses the address "%s"', (address) => {
    expect(refusal(address)).toMatchObject({ code: 'invalid_request', details: { field: 'url' } });
  });

  test.each([
    ['https://hooks.example.com', 'https://hooks.example.com/'],
    ['https://HOOKS.example.com:443/a?b=c', 'https://hooks.example.com/a?b=c'],
    ['https://bücher.example.com/', 'https://xn--bcher-kva.example.com/'],
    ['https://10.example.com/', 'https://10.example.com/'],
    ['https://localhost.example.com/', 'https://localhost.example.com/'],
    ['https://notapi.darkroom.example.com/', 'https://notapi.darkroom.example.com/'],
  ])('takes %s', (address, spelled) => {
    expect(publicWebhookUrl(address, own)).toBe(spelled);
  });

  test('tells what was expected and repeats no address', () => {
    const error = refusal('https://user:hunter2@10.0.0.1/');
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).message).toBe('url: expected no user name or password');
  });
});

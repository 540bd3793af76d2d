import { describe, expect, test } from 'vitest';
import { describeEachTransport } from './each-transport.ts';

const DACIA = 'dacia_k@domain.com';

describeEachTransport({}, (context) => {
  const linkFor = async (email: string) => {
    await context.send(`GET /users/password/reset?email=${encodeURIComponent(email)}`, {
      token: await context.tokenOf(null),
    });
    return (await context.client.outbox.waitFor({ to: email })).link;
  };
  /** Submits the page's form as a browser does. */
  const submit = (link: string, password: string) => {
    const { origin, pathname, searchParams } = new URL(link);
    const body = new URLSearchParams({ token: searchParams.get('token')!, password });
    return fetch(origin + pathname, { method: 'POST', body, headers: { Origin: origin } });
  };
  const logIn = async (password: string) => {
    const user = { login: 'Dacia', password };
    return (await context.send('POST /session', { body: { application_id: 230, auth_key: '29WfrNWdvkhmX6V', user } }))
      .status;
  };

  test('mail, page, new password, login; the old password no longer works', async () => {
    const link = await linkFor(DACIA);
    const page = await fetch(link);
    const html = await page.text();
    expect(page.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
    expect(html).toContain(DACIA);
    expect(html).toContain('<form method="post" action="reset-password">');
    expect(html).not.toContain('<script');
    // opening the page changes nothing
    expect(await logIn('petU4or!')).toBe(201);

    const changed = await submit(link, 'newSecret1');
    expect(changed.status).toBe(200);
    expect(await changed.text()).toContain('Your password was changed');
    expect(await logIn('newSecret1')).toBe(201);
    expect(await logIn('petU4or!')).toBe(401);
  });

  test('a password shorter than the current setting is refused; the link stays valid', async () => {
    await context.client.settings.set({ password_min_length: 12 });
    const link = await linkFor(DACIA);
    const refused = await submit(link, 'elevenChars');
    expect(refused.status).toBe(422);
    const html = await refused.text();
    expect(html).toContain('role="alert">The password is too short (minimum is 12 characters).');
    expect(html).toContain('minlength="12"');
    expect(await logIn('petU4or!')).toBe(201);
    expect((await submit(link, 'twelveChars!')).status).toBe(200);
  });

  test.each(['😀😀😀', 'a'.repeat(41)])('%s is refused as in a sign-up', async (password) => {
    expect((await submit(await linkFor(DACIA), password)).status).toBe(422);
    expect(await logIn('petU4or!')).toBe(201);
  });

  describe('an invalid link is explained, before and after the form', () => {
    const message = async (answer: Response) => [answer.status, /<h1>(.*)<\/h1>/.exec(await answer.text())![1]];

    test('used', async () => {
      const link = await linkFor(DACIA);
      await submit(link, 'newSecret1');
      expect(await message(await fetch(link))).toEqual([410, 'This link was used already']);
      expect(await message(await submit(link, 'another111'))).toEqual([410, 'This link was used already']);
      expect(await logIn('newSecret1')).toBe(201);
    });

    test('expired', async () => {
      const link = await linkFor(DACIA);
      await context.client.clock.advance('24h');
      expect(await message(await fetch(link))).toEqual([410, 'This link has expired']);
      expect(await message(await submit(link, 'newSecret1'))).toEqual([410, 'This link has expired']);
      expect(await logIn('petU4or!')).toBe(201);
    });

    test('of a deleted user', async () => {
      const link = await linkFor(DACIA);
      await context.client.users.delete(51941);
      expect(await message(await submit(link, 'newSecret1'))).toEqual([410, 'This account is gone']);
    });

    test('unknown: truncated, invented, or of a cleared mail', async () => {
      const link = await linkFor(DACIA);
      expect(await message(await fetch(link.slice(0, -1)))).toEqual([404, 'This link is not known']);
      expect(await message(await fetch(link.replace(/\?.*/, '')))).toEqual([404, 'This link is not known']);
      await context.client.outbox.clear();
      expect(await message(await submit(link, 'newSecret1'))).toEqual([404, 'This link is not known']);
    });
  });

  test("HTML in a user's mail address is shown as text", async () => {
    const email = '"><img/src=x>@x.org';
    await context.client.users.create({ login: 'mia', email, password: 'secret123' });
    const html = await (await fetch(await linkFor(email))).text();
    expect(html).toContain('&quot;&gt;&lt;img/src=x&gt;@x.org');
    expect(html).not.toContain('<img');
  });
});

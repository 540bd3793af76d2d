import { type Evidence, guess, sdk } from '../model/evidence.ts';
import type { StubInput } from '../model/stubs.ts';

/** A stub of a ready set, and what its body rests on. */
export interface ReadyStub {
  readonly stub: StubInput & { readonly match: string };
  readonly evidence: readonly Evidence[];
}

const EMPTY_PAGE = { current_page: 1, per_page: 10, total_entries: 0, items: [] };

/**
 * The set `app-boot`: empty answers to what the vendors' applications and SDKs ask right after a login, so that they reach the
 * screen behind it.
 */
export const APP_BOOT: readonly ReadyStub[] = [
  {
    stub: { match: 'GET /chat/Dialog', access: 'user', json: { total_entries: 0, skip: 0, limit: 100, items: [] } },
    evidence: [sdk('six of ten sample applications wait for `items`'), guess('the other keys, as in V2')],
  },
  {
    stub: { match: 'GET /chat/Message', access: 'user', json: { skip: 0, limit: 100, items: [] } },
    evidence: [sdk('JS 6, the type of the answer')],
  },
  {
    stub: { match: 'GET /chat/Message/unread', access: 'user', json: { total: 0 } },
    evidence: [sdk('JS 6, the type of the answer')],
  },
  {
    stub: { match: 'GET /subscriptions', access: 'user', json: [] },
    evidence: [sdk('JS, a list of all subscriptions')],
  },
  {
    stub: {
      match: 'POST /subscriptions',
      access: 'user',
      status: 201,
      json: [
        {
          subscription: {
            id: '{{id}}',
            notification_channel: { name: '{{params.notification_channel}}' },
            device: {
              udid: '{{params.device.udid}}',
              platform: { name: '{{params.device.platform}}' },
            },
          },
        },
      ],
    },
    evidence: [sdk('JS 6, the type of the answer; mobile applications send it in their login'), guess('the status')],
  },
  {
    stub: { match: 'DELETE /subscriptions/:id', access: 'user', text: '' },
    evidence: [sdk('JS reads no body')],
  },
  {
    stub: { match: 'GET /address_book', access: 'user', json: [] },
    evidence: [sdk('JS 6, a list of contacts')],
  },
  {
    stub: { match: 'POST /address_book', access: 'user', json: { deleted: 0, rejected: {}, created: 0, updated: 0 } },
    evidence: [sdk('JS 6, the type of the answer')],
  },
  {
    stub: { match: 'GET /address_book/registered_users', access: 'user', json: { items: [] } },
    evidence: [sdk('JS 6, the type of the answer')],
  },
  {
    stub: { match: 'GET /blobs', access: 'user', json: EMPTY_PAGE },
    evidence: [sdk('JS 6, the type of the answer')],
  },
  {
    stub: {
      match: 'GET /data/:class',
      access: 'session',
      json: { class_name: '{{path.class}}', skip: 0, limit: 100, items: [] },
    },
    evidence: [
      sdk("JS 6, class_name and items; the ancestor's sample reads its objects with an application's session"),
      guess('skip and limit, as for messages'),
    ],
  },
  {
    stub: { match: 'GET /meetings', access: 'user', json: [] },
    evidence: [sdk('JS 6, a list of meetings')],
  },
  {
    stub: { match: 'GET /whiteboards', access: 'user', json: [] },
    evidence: [sdk('JS 6, a list of whiteboards')],
  },
];

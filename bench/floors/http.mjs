// The floor for load: bare node:http. GET /users/<id> looks up a user in a Map and stringifies it, POST /users parses one
// into the Map, every other request gets the same bytes (BODY).
import { createServer } from 'node:http';

const user = JSON.parse(process.env.RECORD ?? '{"user":{"id":1}}').user;
const users = new Map([[user.id, user]]);
const body = Buffer.from(process.env.BODY ?? 'ok');
const TYPE = 'application/json; charset=utf-8';
let next = user.id + 1;

function send(response, status, bytes) {
  response.writeHead(status, { 'Content-Type': TYPE, 'Content-Length': bytes.length });
  response.end(bytes);
}

createServer((request, response) => {
  if (request.method === 'POST') {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const created = { id: next++, ...JSON.parse(text).user };
      users.set(created.id, created);
      send(response, 201, Buffer.from(JSON.stringify({ user: created })));
    });
  } else if (request.url.startsWith('/users/')) {
    send(response, 200, Buffer.from(JSON.stringify({ user: users.get(Number(request.url.slice(7))) })));
  } else send(response, 200, body);
}).listen(Number(process.env.PORT), '127.0.0.1');

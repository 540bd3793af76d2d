// A plain Express 5 app that answers a constant object, as most mock servers are built.
import express from 'express';

const answer = JSON.parse(process.env.RECORD ?? '{"user":{"id":1}}');
const app = express();
app.get('/users/:id', (_request, response) => response.json(answer));
app.listen(Number(process.env.PORT), '127.0.0.1');

import { useState } from 'react';
import { createRoot } from 'react-dom/client';

const API = 'https://api.connectycube.com';

async function signUp(login) {
  const answer = await fetch(`${API}/users`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'CB-AuthKey': '29WfrNWdvkhmX6V' },
    body: JSON.stringify({ user: { login, password: 'secret123' } }),
  });
  const { user, errors } = await answer.json();
  return user ? `Welcome, ${user.login}` : errors.base[0];
}

function App() {
  const [outcome, setOutcome] = useState('');
  const submit = async (event) => {
    event.preventDefault();
    const login = new FormData(event.currentTarget).get('login');
    setOutcome(await signUp(login).catch(() => 'You are offline'));
  };
  return (
    <form onSubmit={submit}>
      <label>
        Login <input name="login" />
      </label>
      <button type="submit">Sign up</button>
      <output>{outcome}</output>
    </form>
  );
}

createRoot(document.querySelector('#app')).render(<App />);

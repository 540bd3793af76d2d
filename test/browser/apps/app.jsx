// The screens of a chat application: a form to sign up and log in, then the user's chats and a search for users.
import { useState } from 'react';
import { createRoot } from 'react-dom/client';

/**
 * Shows the application.
 * @param vendor calls of the SDK: `signUp` and `logIn` take a profile and resolve with a user, `listChats` and `search` with lists
 */
export function showApp(vendor) {
  createRoot(document.querySelector('#root')).render(<App vendor={vendor} />);
}

function App({ vendor }) {
  const [session, setSession] = useState();
  const [status, setStatus] = useState('');
  if (session) return <Home {...session} vendor={vendor} onLogout={() => setSession()} />;

  const signUp = async (profile) => setStatus(`Signed up: ${(await vendor.signUp(profile)).full_name}`);
  const logIn = async (profile) => setSession({ user: await vendor.logIn(profile), chats: await vendor.listChats() });
  const submit = (event) => {
    event.preventDefault();
    const profile = Object.fromEntries(new FormData(event.currentTarget));
    const call = event.nativeEvent.submitter.value === 'sign-up' ? signUp : logIn;
    call(profile).catch(({ code, message }) => setStatus(`Refused: ${code ?? message}`));
  };
  return (
    <form onSubmit={submit}>
      <input name="login" aria-label="Login" />
      <input name="password" aria-label="Password" type="password" />
      <input name="full_name" aria-label="Name" />
      <button type="submit" value="sign-up">
        Sign up
      </button>
      <button type="submit" value="log-in">
        Log in
      </button>
      <p role="status">{status}</p>
    </form>
  );
}

function Home({ user, chats, vendor, onLogout }) {
  const [found, setFound] = useState([]);
  const search = async (event) => {
    event.preventDefault();
    setFound(await vendor.search(new FormData(event.currentTarget).get('name')));
  };
  return (
    <main>
      <h1>{`${user.full_name}: ${chats.length} chats`}</h1>
      <form onSubmit={search}>
        <input name="name" aria-label="Name of a user" />
        <button type="submit">Search</button>
      </form>
      <ul>
        {found.map(({ id, full_name }) => (
          <li key={id}>{full_name}</li>
        ))}
      </ul>
      <button type="button" onClick={() => vendor.logOut().then(onLogout)}>
        Log out
      </button>
    </main>
  );
}

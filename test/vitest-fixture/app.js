/** What is tested: an app whose backend is the Users API. */
export async function signUp(api, login, password) {
  const response = await fetch(`${api}/users`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'CB-AuthKey': '29WfrNWdvkhmX6V' },
    body: JSON.stringify({ user: { login, password } }),
  });
  const { user, errors } = await response.json();
  if (errors) throw new Error(errors.base[0]);
  return user;
}

// the code under test
exports.signUp = async (api, login) => {
  const response = await fetch(`${api}/users`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'CB-AuthKey': '29WfrNWdvkhmX6V' },
    body: JSON.stringify({ user: { login, password: 'secret123' } }),
  });
  const { user, errors } = await response.json();
  if (errors) throw new Error(errors.base[0]);
  return user;
};

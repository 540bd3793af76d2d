-- wrk script: each request signs up a new user. POST_KIND: user = {"user":{...}}, flat = {...}
local flat, salt, n = os.getenv("POST_KIND") == "flat", os.getenv("POST_SALT"), 0
local user = '{"login":"load%s","password":"petU4or!","email":"load%s@domain.com","full_name":"Load User %s",'
  .. '"phone":"+1999%s","website":"http://load.com","facebook_id":"%s",'
  .. '"custom_data":"Responsible for signing documents; keeps the quarterly ledger","tag_list":"vip,guest","timezone":180}'

function request()
  n = n + 1
  local id = salt .. "0" .. n
  local body = user:format(id, id, id, id, id)
  wrk.headers["Content-Type"] = "application/json"
  return wrk.format("POST", nil, wrk.headers, flat and body or '{"user":' .. body .. '}')
end

<?php
// A client against users-emulator: users-emulator exec --seed -- php sign-up.php

/** Sends a request. @return array{int, mixed} its status and its JSON */
function send(string $method, string $url, ?array $body = null, array $headers = []): array
{
    $options = [
        'method' => $method,
        'header' => ['Content-Type: application/json', ...$headers],
        'content' => $body === null ? '' : json_encode($body),
        'ignore_errors' => true,
    ];
    $text = file_get_contents($url, false, stream_context_create(['http' => $options]));
    preg_match('/ (\d+)/', $http_response_header[0], $status);
    return [(int) $status[1], json_decode($text, true)];
}

/** The code under test. */
function signUp(string $api, string $login, string $password): array
{
    return send('POST', "$api/users", ['user' => ['login' => $login, 'password' => $password]], ['CB-AuthKey: 29WfrNWdvkhmX6V']);
}

function check(mixed $actual, mixed $expected): void
{
    if ($actual !== $expected) {
        fwrite(STDERR, 'expected ' . json_encode($expected) . ', got ' . json_encode($actual) . "\n");
        exit(1);
    }
}

$emulator = getenv('USERS_EMULATOR_URL');
$api = "$emulator/sandbox/php";

[$status, $answer] = signUp($api, 'mia', 'secret123');
check([$status, $answer['user']['login']], [201, 'mia']);
check(signUp($api, 'mia', 'secret123'), [422, ['errors' => ['base' => ['login must be unique']]]]);

send('POST', "$api/_emulator/faults", ['match' => ['operation' => 'users.create'], 'status' => 503]);
check(signUp($api, 'ben', 'secret123')[0], 503);

send('DELETE', "$emulator/_emulator/sandboxes/php");
echo "ok\n";

<?php
// A webhook receiver for Flagpost, with nothing but PHP 8.
//   SECRET=… php receiver.php        starts PHP's built-in server with this file as its only page
//   SECRET=… php -S 127.0.0.1:9000 receiver.php        the same by hand

declare(strict_types=1);

const MAX_BODY = 4 * 1024 * 1024;
const MAX_IDS = 10_000;
const TOLERANCE_SECONDS = 5 * 60;

function sign(string $algorithm, string $message, string $secret): string
{
    return base64_encode(hash_hmac($algorithm, $message, $secret, true));
}

function isSigned(string $body, string $secret): bool
{
    // hash_equals and not ===, which stops at the first difference and so tells how much of a guess was right.
    if (!hash_equals(sign('sha1', $body, $secret), $_SERVER['HTTP_X_FEATUREPROBE_SIGN'] ?? '')) {
        return false;
    }
    return !isset($_SERVER['HTTP_WEBHOOK_SIGNATURE']) || isStandardSigned($body, $secret);
}

/** Standard Webhooks: covers the time too, so that a request caught on its way is of no use later. */
function isStandardSigned(string $body, string $secret): bool
{
    $id = $_SERVER['HTTP_WEBHOOK_ID'] ?? '';
    $timestamp = $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '';
    if (!preg_match('/^\d{1,12}$/D', $timestamp) || abs(time() - (int) $timestamp) > TOLERANCE_SECONDS) {
        return false;
    }
    $expected = 'v1,' . sign('sha256', "$id.$timestamp.$body", $secret);
    // While a secret is being rotated there are two signatures, a blank between them.
    foreach (explode(' ', $_SERVER['HTTP_WEBHOOK_SIGNATURE']) as $signature) {
        if (hash_equals($expected, $signature)) {
            return true;
        }
    }
    return false;
}

/**
 * PHP forgets everything between two requests, so the last ids are lines of a file, oldest first.
 * The lock makes looking up and adding one step, should two requests come at once.
 */
function isRepeat(string $id): bool
{
    $file = fopen(sys_get_temp_dir() . "/flagpost-receiver-{$_SERVER['SERVER_PORT']}.ids", 'c+');
    flock($file, LOCK_EX);
    $ids = array_filter(explode("\n", stream_get_contents($file)));
    $repeat = in_array($id, $ids, true);
    if (!$repeat) {
        $ids = array_slice([...$ids, $id], -MAX_IDS);
        rewind($file);
        ftruncate($file, 0);
        fwrite($file, implode("\n", $ids));
    }
    fclose($file);
    return $repeat;
}

function work(string $body): void
{
    $event = json_decode($body, true, flags: JSON_THROW_ON_ERROR);
    $line = "{$event['resource']}.{$event['action']} {$event['operator']}";
    foreach (['projectKey', 'environmentKey', 'toggleKey', 'segmentKey'] as $name) {
        $line .= isset($event[$name]) ? " $name={$event[$name]}" : '';
    }
    file_put_contents('php://stdout', "$line\n");
}

function answer(int $status, string $text): void
{
    http_response_code($status);
    header('Content-Type: text/plain; charset=utf-8');
    echo "$text\n";
}

function receive(string $secret): void
{
    // The bytes as they came: decoding JSON and encoding it again would change them, and so the signature.
    $body = file_get_contents('php://input', length: MAX_BODY + 1);
    if (strlen($body) > MAX_BODY) {
        answer(413, 'body too large');
        return;
    }
    // Only a request proven genuine may enter its id, else a forger could make us drop real events.
    if (!isSigned($body, $secret)) {
        answer(401, 'bad signature');
        return;
    }
    $id = $_SERVER['HTTP_WEBHOOK_ID'] ?? '';
    answer(200, 'ok');
    // The built-in server sends the answer when the script ends. Under PHP-FPM, fastcgi_finish_request()
    // would send it here, before the work.
    if ($id === '' || !isRepeat($id)) {
        work($body);
    }
}

$secret = getenv('SECRET') ?: '';
if ($secret === '') {
    error_log('SECRET must be the secret key of the webhook');
    http_response_code(500);
    exit(1);
}
if (PHP_SAPI !== 'cli') {
    http_response_code(500); // until we know better: a script that dies would answer 200, and the event be lost
    receive($secret);
    exit;
}

$address = '127.0.0.1:' . (getenv('PORT') ?: '9000');
echo "listening on http://$address\n";
// Without its own reading of form data PHP leaves the body to us, whatever post_max_size says.
$arguments = ['-q', '-d', 'enable_post_data_reading=0', '-S', $address, __FILE__];
if (function_exists('pcntl_exec')) {
    pcntl_exec(PHP_BINARY, $arguments); // becomes the server, so that a signal to this process reaches it
} else {
    passthru(implode(' ', array_map('escapeshellarg', [PHP_BINARY, ...$arguments])));
}

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A webhook receiver for Flagpost, with nothing but JDK 17: {@code SECRET=… java Receiver.java} */
public class Receiver {

  private static final int MAX_BODY = 4 * 1024 * 1024;
  private static final int MAX_IDS = 10_000;
  private static final long TOLERANCE_SECONDS = 5 * 60;
  private static final List<String> KEYS = List.of("projectKey", "environmentKey", "toggleKey", "segmentKey");

  /** UTF-8 whatever the locale says, or Chinese names come out as question marks. */
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  private final byte[] secret;
  private final Set<String> seen = recentIds();

  private Receiver(String secret) {
    this.secret = secret.getBytes(StandardCharsets.UTF_8);
  }

  public static void main(String[] arguments) throws IOException {
    String secret = System.getenv().getOrDefault("SECRET", "");
    if (secret.isEmpty()) {
      System.err.println("SECRET must be the secret key of the webhook");
      System.exit(1);
    }
    int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "9000"));
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
    server.createContext("/", new Receiver(secret)::receive);
    server.setExecutor(Executors.newFixedThreadPool(8)); // the default is one thread for everyone
    server.start();
    OUT.println("listening on http://127.0.0.1:" + port);
  }

  private void receive(HttpExchange exchange) throws IOException {
    try {
      // The bytes as they came: parsing JSON and writing it again would change them, and so the signature.
      byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY + 1);
      if (body.length > MAX_BODY) {
        answer(exchange, 413, "body too large");
        return;
      }
      // Only a request proven genuine may enter its id, else a forger could make us drop real events.
      if (!isSigned(exchange.getRequestHeaders(), body)) {
        answer(exchange, 401, "bad signature");
        return;
      }
      String id = exchange.getRequestHeaders().getFirst("webhook-id");
      boolean repeat = id != null && !seen.add(id);
      answer(exchange, 200, "ok");
      if (!repeat) work(new String(body, StandardCharsets.UTF_8));
    } finally {
      exchange.close();
    }
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.getResponseBody().close();
  }

  private boolean isSigned(Headers headers, byte[] body) {
    if (!same(headers.getFirst("X-FeatureProbe-Sign"), sign("HmacSHA1", body))) return false;
    return !headers.containsKey("webhook-signature") || isStandardSigned(headers, body);
  }

  /** Standard Webhooks: covers the time too, so that a request caught on its way is of no use later. */
  private boolean isStandardSigned(Headers headers, byte[] body) {
    String id = headers.getFirst("webhook-id");
    String timestamp = headers.getFirst("webhook-timestamp");
    if (id == null || timestamp == null || !timestamp.matches("\\d{1,12}")) return false;
    long age = Math.abs(Instant.now().getEpochSecond() - Long.parseLong(timestamp));
    if (age > TOLERANCE_SECONDS) return false;
    byte[] prefix = (id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
    String expected = "v1," + sign("HmacSHA256", prefix, body);
    // While a secret is being rotated there are two signatures, a blank between them.
    return Stream.of(headers.getFirst("webhook-signature").split(" ")).anyMatch(given -> same(given, expected));
  }

  private String sign(String algorithm, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(secret, algorithm));
      for (byte[] part : parts) mac.update(part);
      return Base64.getEncoder().encodeToString(mac.doFinal());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has both algorithms
    }
  }

  /** {@code equals} stops at the first difference, and the time it takes tells how much of a guess was right. */
  private static boolean same(String given, String expected) {
    if (given == null) return false;
    return MessageDigest.isEqual(
        given.getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8));
  }

  /** A map that keeps the order of insertion and lets go of its oldest entry, seen as a set. */
  private static Set<String> recentIds() {
    Map<String, Boolean> ids = new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
        return size() > MAX_IDS;
      }
    };
    return Collections.synchronizedSet(Collections.newSetFromMap(ids));
  }

  private static void work(String body) {
    Map<String, String> event = topLevelStrings(body);
    StringBuilder line = new StringBuilder();
    line.append(event.get("resource")).append('.').append(event.get("action"));
    line.append(' ').append(event.get("operator"));
    for (String key : KEYS) {
      if (event.containsKey(key)) line.append(' ').append(key).append('=').append(event.get(key));
    }
    OUT.println(line);
  }

  /**
   * The string members of the outermost object, escapes left as they are. The JDK has no JSON parser: use Jackson or
   * the like in earnest. The signature is proven by now, so the text is what the sender made, well-formed JSON.
   */
  private static Map<String, String> topLevelStrings(String json) {
    Map<String, String> members = new HashMap<>();
    String key = null;
    int depth = 0;
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (c == '{' || c == '[') depth++;
      if (c == '}' || c == ']') depth--;
      if (c == ',' && depth == 1) key = null;
      if (c != '"') continue;
      int start = ++i;
      while (json.charAt(i) != '"') i += json.charAt(i) == '\\' ? 2 : 1;
      if (depth != 1) continue;
      if (key == null) key = json.substring(start, i);
      else members.put(key, json.substring(start, i));
    }
    return members;
  }
}

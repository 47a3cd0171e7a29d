import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Receives what Flagpost sends to users of an audience, as a webhook channel or as a custom touchpoint, with nothing but JDK 17:
 * {@code SECRET=… java OutreachReceiver.java}. SECRET is the channel's secret or the touchpoint's token, in
 * ASCII: how Java reads others from the environment depends on the locale.
 */
public class OutreachReceiver {

  private static final int MAX_BODY = 32 * 1024 * 1024;

  /**
   * The head of a touchpoint's body. The JDK has no JSON parser: use Jackson or the like in earnest. Flagpost writes these members
   * first, in this order and without blanks.
   */
  private static final Pattern HEAD =
      Pattern.compile("^\\{\"timeStamp\":(\\d+),\"orderNo\":\"([0-9a-f]{32})\"(?:,\"sign\":\"([0-9A-F]{32})\")?");

  /** Quotes inside of texts are escaped, so this is a user and nothing else. */
  private static final Pattern USER = Pattern.compile("\\{\"gid\":(\\d+),\"temData\":");

  private static final Pattern NAME = Pattern.compile("^\\{\"name\":\"((?:[^\"\\\\]|\\\\.)*)\"");

  /** UTF-8 whatever the locale says. */
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  private final String secret;

  /** Answers by order: a repeat is answered like the first, and so is the question for receipts. In earnest, a table. */
  private final Map<String, String> answers = new ConcurrentHashMap<>();

  private OutreachReceiver(String secret) {
    this.secret = secret;
  }

  public static void main(String[] arguments) throws IOException {
    String secret = System.getenv().getOrDefault("SECRET", "");
    int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "9000"));
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
    server.createContext("/", new OutreachReceiver(secret)::receive);
    server.setExecutor(Executors.newFixedThreadPool(8)); // the default is one thread for everyone
    server.start();
    OUT.println("listening on http://127.0.0.1:" + port);
  }

  private void receive(HttpExchange exchange) throws IOException {
    try {
      byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY + 1);
      if (body.length > MAX_BODY) {
        answer(exchange, 413, "{\"code\":413,\"message\":\"body too large\"}");
        return;
      }
      String signature = exchange.getRequestHeaders().getFirst("X-gio-signature");
      if (signature != null) receiveChannel(exchange, body, signature);
      else receiveTouchpoint(exchange, new String(body, StandardCharsets.UTF_8));
    } finally {
      exchange.close();
    }
  }

  /** A webhook channel: the signature covers the bytes as they came, and 200 alone is a success. */
  private void receiveChannel(HttpExchange exchange, byte[] body, String signature) throws IOException {
    if (!same(signature, hmacHex(body))) {
      answer(exchange, 401, "bad signature");
      return;
    }
    String order = exchange.getRequestHeaders().getFirst("X-Flagpost-Order");
    boolean repeat = order != null && answers.putIfAbsent(order, "ok") != null;
    answer(exchange, 200, "ok");
    Matcher name = NAME.matcher(new String(body, StandardCharsets.UTF_8));
    if (!repeat && name.find()) OUT.println("channel " + name.group(1));
  }

  /** A custom touchpoint: what was done for each user is answered, and answered again when it is asked for. */
  private void receiveTouchpoint(HttpExchange exchange, String body) throws IOException {
    Matcher head = HEAD.matcher(body);
    if (!head.find() || !same(head.group(3), sign(head.group(1), head.group(2)))) {
      answer(exchange, 401, "{\"code\":401,\"message\":\"bad sign\"}");
      return;
    }
    String orderNo = head.group(2);
    boolean asksForReceipts = body.charAt(head.end()) == '}';
    String empty = result(orderNo, "");
    if (asksForReceipts) {
      answer(exchange, 200, answers.getOrDefault(orderNo, empty));
      return;
    }
    String list = USER.matcher(body).results()
        .map(user -> "{\"gid\":" + user.group(1) + ",\"status\":\"TOU_SUCC\"}")
        .collect(Collectors.joining(","));
    String before = answers.putIfAbsent(orderNo, result(orderNo, list));
    answer(exchange, 200, answers.get(orderNo));
    if (before == null) OUT.println("order " + orderNo + " users=" + USER.matcher(body).results().count());
  }

  private static String result(String orderNo, String list) {
    return "{\"code\":0,\"orderNo\":\"" + orderNo + "\",\"sendStatusList\":[" + list + "]}";
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.getResponseBody().close();
  }

  /** Lower case. Without a secret the key is the empty string, for which the JDK has no key; no bytes and one zero byte give the same. */
  private String hmacHex(byte[] body) {
    try {
      byte[] key = secret.isEmpty() ? new byte[1] : secret.getBytes(StandardCharsets.UTF_8);
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  /** Upper case; null where there is no token: then nothing is signed. */
  private String sign(String timeStamp, String orderNo) {
    if (secret.isEmpty()) return null;
    try {
      byte[] text = (secret + "&" + timeStamp + "&" + orderNo).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().withUpperCase().formatHex(MessageDigest.getInstance("MD5").digest(text));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  /** {@code equals} stops at the first difference, and the time it takes tells how much of a guess was right. */
  private static boolean same(String given, String expected) {
    if (expected == null) return given == null;
    if (given == null) return false;
    return MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8));
  }
}

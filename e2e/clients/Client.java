// Asks a server with Java's own HTTP client as it comes: its first request offers HTTP/2. Prints one JSON object.
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

public class Client {
  public static void main(String[] args) throws Exception {
    String base = System.getenv("BASE_URL");
    HttpClient client = HttpClient.newHttpClient();
    String models = send(client, request(base + "/models").GET());
    String body = System.getenv("REQUEST");
    String first = send(client, request(base + "/chat/completions").POST(HttpRequest.BodyPublishers.ofString(body)));
    // A client of its own: its first request has a body and the offer.
    String second = send(
        HttpClient.newHttpClient(),
        request(base + "/chat/completions").POST(HttpRequest.BodyPublishers.ofString(body)));
    System.out.println("{\"models\":" + models + ",\"answers\":[" + first + "," + second + "]}");
  }

  static HttpRequest.Builder request(String address) {
    return HttpRequest.newBuilder(URI.create(address))
        .timeout(Duration.ofMinutes(5))
        .header("Authorization", "Bearer " + System.getenv("API_KEY"))
        .header("Content-Type", "application/json");
  }

  static String send(HttpClient client, HttpRequest.Builder builder) throws Exception {
    HttpResponse<String> response = client.send(builder.build(), HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) throw new RuntimeException(response.statusCode() + " " + response.body());
    return response.body();
  }
}

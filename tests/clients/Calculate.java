import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Calculates as an enterprise's system does that was written against the document: the client of the JDK, nothing set. */
public final class Calculate {
    /** Arguments: the address, and a file with the request. Prints status, version and amount of each answer. */
    public static void main(String[] args) throws Exception {
        String body = Files.readString(Path.of(args[1]), StandardCharsets.UTF_8);
        HttpClient client = HttpClient.newHttpClient();
        print(client.send(request(args[0], BodyPublishers.ofString(body)), BodyHandlers.ofString()));
        print(client.send(request(args[0], BodyPublishers.ofString(body)), BodyHandlers.ofString())); // on the connection that is kept
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        print(client.send(request(args[0], BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes))), BodyHandlers.ofString()));
        print(client.send(request(args[0], BodyPublishers.ofString(body + " ".repeat(300_000))), BodyHandlers.ofString()));
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int number = 0; number < 8; number++) {
            answers.add(client.sendAsync(request(args[0], BodyPublishers.ofString(body)), BodyHandlers.ofString()));
        }
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            print(answer.get());
        }
    }

    private static HttpRequest request(String address, BodyPublisher body) {
        return HttpRequest.newBuilder(URI.create(address)).header("Content-Type", "application/json").POST(body).build();
    }

    private static void print(HttpResponse<String> answer) {
        String amount = answer.body().replaceFirst("(?s).*?\"amount\":\"([0-9.]+)\".*", "$1");
        System.out.println(answer.statusCode() + " " + answer.version() + " " + amount);
    }
}

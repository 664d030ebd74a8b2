import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Kafka's own clients, told what to do: a command is a line of words with tabs between them,
 * {@code NUMBER COMMAND WORD...}; its answer is a line {@code NUMBER ok JSON} or
 * {@code NUMBER error CLASS MESSAGE}. Commands run side by side.
 */
public final class Driver {
    private final String address;
    private final Map<String, GroupMember> members = new TreeMap<>();
    private final Administration administration;

    private Driver(String address) {
        this.address = address;
        this.administration = new Administration(address);
    }

    public static void main(String[] arguments) throws Exception {
        Driver driver = new Driver(arguments[0]);
        ExecutorService workers = Executors.newCachedThreadPool();
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            List<String> words = List.of(line.split("\t", -1));
            workers.submit(() -> answer(words.get(0), driver, words.subList(1, words.size())));
        }
        System.exit(0);
    }

    private static void answer(String number, Driver driver, List<String> words) {
        String answer;
        try {
            answer = number + "\tok\t" + Json.text(driver.run(words.get(0), words.subList(1, words.size())));
        } catch (Throwable error) {
            Throwable cause = error instanceof ExecutionException ? error.getCause() : error;
            answer = number + "\terror\t" + cause.getClass().getSimpleName() + "\t"
                + String.valueOf(cause.getMessage()).replaceAll("\\s", " ");
        }
        synchronized (System.out) {
            System.out.println(answer);
            System.out.flush();
        }
    }

    private Object run(String command, List<String> words) throws Exception {
        return switch (command) {
            case "produce" -> produce(words.get(0), Integer.parseInt(words.get(1)), settings(words, 2));
            case "consumer" -> {
                GroupMember member = new GroupMember(address, settings(words, 1));
                synchronized (members) {
                    members.put(words.get(0), member);
                }
                yield null;
            }
            case "admin" -> administration.run(words.get(0), words.subList(1, words.size()));
            default -> {
                GroupMember member;
                synchronized (members) {
                    member = members.get(words.get(0));
                }
                yield member.run(command, words.subList(1, words.size()));
            }
        };
    }

    /** What is sent, as partition and offset. */
    private Object produce(String topic, int count, Properties settings) throws Exception {
        settings.put("bootstrap.servers", address);
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int number = 0; number < count; number++) {
                sent.add(producer.send(new ProducerRecord<>(topic, "key " + number, "value " + number)));
            }
            List<Object> places = new ArrayList<>();
            for (Future<RecordMetadata> future : sent) {
                places.add(List.of(future.get().partition(), future.get().offset()));
            }
            return places;
        }
    }

    /** Words of the form {@code name=value}. */
    private static Properties settings(List<String> words, int from) {
        Properties settings = new Properties();
        for (String word : words.subList(from, words.size())) {
            int at = word.indexOf('=');
            settings.put(word.substring(0, at), word.substring(at + 1));
        }
        return settings;
    }
}

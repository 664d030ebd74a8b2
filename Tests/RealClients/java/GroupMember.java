import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A consumer that polls on a thread of its own and remembers what it was given; other threads leave it errands. */
final class GroupMember implements ConsumerRebalanceListener {
    private final KafkaConsumer<String, String> consumer;
    private final BlockingQueue<FutureTask<Object>> errands = new LinkedBlockingQueue<>();
    private final List<Object> records = new ArrayList<>();
    private final List<Object> events = new ArrayList<>();
    private final Set<TopicPartition> assigned = new HashSet<>();
    private String failure = "";
    private boolean subscribed;
    private volatile boolean closed;

    GroupMember(String address, Properties settings) {
        settings.put("bootstrap.servers", address);
        consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
        Thread thread = new Thread(this::work);
        thread.setDaemon(true);
        thread.start();
    }

    private void work() {
        while (!closed) {
            try {
                FutureTask<Object> errand = subscribed ? errands.poll() : errands.take();
                if (errand != null) {
                    errand.run();
                } else {
                    for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                        remember(record);
                    }
                }
            } catch (Throwable error) {
                synchronized (this) {
                    failure = error.toString();
                }
                subscribed = false;
            }
        }
    }

    private synchronized void remember(ConsumerRecord<String, String> record) {
        records.add(List.of(record.topic(), record.partition(), record.offset(), record.value()));
    }

    Object run(String command, List<String> words) throws Exception {
        return switch (command) {
            case "state" -> state();
            case "records" -> records();
            case "subscribe" -> onItsThread(() -> {
                consumer.subscribe(words, this);
                subscribed = true;
                return null;
            });
            case "subscribe-pattern" -> onItsThread(() -> {
                consumer.subscribe(new SubscriptionPattern(words.get(0)), this);
                subscribed = true;
                return null;
            });
            case "subscribe-client-pattern" -> onItsThread(() -> {
                consumer.subscribe(java.util.regex.Pattern.compile(words.get(0)), this);
                subscribed = true;
                return null;
            });
            case "commit" -> onItsThread(() -> {
                TopicPartition partition = new TopicPartition(words.get(0), Integer.parseInt(words.get(1)));
                consumer.commitSync(
                    Map.of(partition, new OffsetAndMetadata(Long.parseLong(words.get(2)), words.get(3))));
                return null;
            });
            case "commit-all" -> onItsThread(() -> {
                consumer.commitSync();
                return null;
            });
            case "committed" -> onItsThread(() -> {
                TopicPartition partition = new TopicPartition(words.get(0), Integer.parseInt(words.get(1)));
                OffsetAndMetadata found = consumer.committed(Set.of(partition)).get(partition);
                return found == null ? null : List.of(found.offset(), found.metadata());
            });
            case "metadata" -> onItsThread(() -> {
                ConsumerGroupMetadata metadata = consumer.groupMetadata();
                return List.of(metadata.generationId(), metadata.memberId());
            });
            case "instance-id" -> onItsThread(() -> consumer.clientInstanceId(Duration.ofSeconds(10)));
            case "rejoin" -> onItsThread(() -> {
                consumer.enforceRebalance();
                return null;
            });
            case "close" -> onItsThread(() -> {
                closed = true;
                consumer.close();
                return null;
            });
            default -> throw new IllegalArgumentException(command);
        };
    }

    private Object onItsThread(Callable<Object> errand) throws Exception {
        FutureTask<Object> task = new FutureTask<>(errand);
        errands.add(task);
        return task.get();
    }

    private synchronized Object state() {
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("assigned", names(assigned));
        state.put("events", List.copyOf(events));
        state.put("count", records.size());
        state.put("failure", failure);
        return state;
    }

    private synchronized Object records() {
        return List.copyOf(records);
    }

    private static List<Object> names(Collection<TopicPartition> partitions) {
        List<Object> names = new ArrayList<>();
        partitions.forEach(partition -> names.add(List.of(partition.topic(), partition.partition())));
        return names;
    }

    private synchronized void happened(String what, Collection<TopicPartition> partitions) {
        events.add(List.of(what, names(partitions)));
    }

    @Override
    public synchronized void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        assigned.addAll(partitions);
        happened("assigned", partitions);
    }

    @Override
    public synchronized void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        assigned.removeAll(partitions);
        happened("revoked", partitions);
    }

    @Override
    public synchronized void onPartitionsLost(Collection<TopicPartition> partitions) {
        assigned.removeAll(partitions);
        happened("lost", partitions);
    }
}

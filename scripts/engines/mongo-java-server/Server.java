import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.bson.Document;
import io.netty.channel.Channel;
import java.util.List;

/**
 * mongo-java-server on a free port of 127.0.0.1, with its data in memory. It prints its port as the first line, and ends
 * with its standard input, so that it never outlives the process that started it.
 */
public final class Server {
  /** It implements the commands of MongoDB 6 that today's driver uses, but reports an older version, which the driver refuses. */
  private static final class Version implements MongoVersion {
    @Override
    public List<Integer> getVersionArray() {
      return List.of(6, 0, 0);
    }

    @Override
    public int getWireVersion() {
      return 17;
    }
  }

  /** The driver greets with `hello`, which this server knows by its older name only. */
  private static final class Backend extends MemoryBackend {
    @Override
    public Document handleCommand(Channel channel, String database, String command, Document query) {
      if (!command.equals("hello")) return super.handleCommand(channel, database, command, query);
      Document answer = super.handleCommand(channel, database, "isMaster", query);
      answer.put("isWritablePrimary", true);
      return answer;
    }
  }

  public static void main(String[] arguments) throws Exception {
    MemoryBackend backend = new Backend();
    backend.version(new Version());
    MongoServer server = new MongoServer(backend);
    server.bind("127.0.0.1", 0);
    System.out.println(server.getLocalAddress().getPort());
    while (System.in.read() != -1) {
      // Whatever is written to it means nothing.
    }
    server.shutdownNow();
  }
}

using System.Globalization;
using Kayse.Core.Storage;
using Kayse.Standalone.Storage;
using Kayse.Tests.StoreWriter;
using Kayse.Web.Secrets;
using Microsoft.Extensions.Logging.Abstractions;

// Writes to the stores of a data folder from many writers, says each outcome, and never ends by itself: the tests kill it.
var seed = int.Parse(args[1], CultureInfo.InvariantCulture);
try
{
    using var folder = DataFolder.Open(args[0]);
    using var database = SqliteDatabase.Open(folder.Database);
    using var report = new Report();
    var entities = new SqliteEntityStore(database);
    var blobs = new FileBlobStore(folder.Blobs);
    var queue = new SqliteQueue(database, TimeProvider.System);
    await using var pump = new QueuePump(queue, [new ReportingHandler(report)], new QueuePumpOptions(), TimeProvider.System, NullLogger<QueuePump>.Instance);
    pump.Start();
    var writers = Enumerable.Range(0, StoreModel.Writers).Select(writer => new Writer(seed, writer, entities, blobs, queue, report).RunAsync()).ToList();
    await await Task.WhenAny(writers);
    return 0;
}
catch (Exception fault) when (fault is DataFolderException or StorageUnavailableException)
{
    await Console.Error.WriteLineAsync(fault.Message);
    return 1;
}

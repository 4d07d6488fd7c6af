using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FederatedSegmentation.Connectors.Files;

/// <summary>Tells files from pipes, sockets and devices, on which the engine would wait without end.</summary>
internal static class RegularFile
{
    private const int NonBlockingOnLinux = 0x800;
    private const int NonBlockingOnMac = 0x4;

    // What opening a socket gives.
    private const int NoSuchDevice = 6;

    /// <summary>Whether reading the path cannot wait and can start again. A file that may not be opened counts as one: whoever reads it says why.</summary>
    public static bool IsOne(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return true;
        }

        // .NET's own ways to open a pipe wait for its other end.
        using var handle = new SafeFileHandle(Open(path, OperatingSystem.IsMacOS() ? NonBlockingOnMac : NonBlockingOnLinux), ownsHandle: true);
        if (handle.IsInvalid)
        {
            return Marshal.GetLastPInvokeError() != NoSuchDevice;
        }

        using var stream = new FileStream(handle, FileAccess.Read, bufferSize: 0);
        return stream.CanSeek;
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}
